package dev.tether.trainer.world;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text to words and back. A punctuation mark is a word of its own, written without a space before it. */
final class ReviewText {
    /** Stands before a word whose spacing is wrong, so that it equals no word of the grammar. */
    private static final String MISPLACED = "\u00b7";

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}']+|\\S");

    private ReviewText() {}

    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        int end = 0;
        while (matcher.find()) {
            String word = matcher.group();
            String gap = text.substring(end, matcher.start());
            String lawful = words.isEmpty() || isMark(word) ? "" : " ";
            words.add(gap.equals(lawful) ? word : MISPLACED + word);
            end = matcher.end();
        }
        return words;
    }

    static String join(List<String> words) {
        StringBuilder text = new StringBuilder();
        for (String word : words) {
            if (text.length() > 0 && !isMark(word)) {
                text.append(' ');
            }
            text.append(word);
        }
        return text.toString();
    }

    /** Whether a word ends a sentence, or is one more mark after its end. */
    static boolean endsSentence(String word) {
        return word.endsWith(".") || word.endsWith("!") || word.endsWith("?");
    }

    private static boolean isMark(String word) {
        return !Character.isLetterOrDigit(word.codePointAt(0)) && !word.startsWith("'");
    }
}
