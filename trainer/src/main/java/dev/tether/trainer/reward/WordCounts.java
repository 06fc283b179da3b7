package dev.tether.trainer.reward;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text as numbers of words and marks, in lower case; each mark of "!!!" counts. */
public final class WordCounts {
    private static final Pattern WORD_OR_MARK = Pattern.compile("[\\p{L}\\p{N}]+(?:['’-][\\p{L}\\p{N}]+)*|[^\\s]");

    private WordCounts() {}

    /** Of {@code text}, in the order of the words. */
    public static Map<String, Integer> of(String text) {
        Map<String, Integer> counts = new TreeMap<>();
        Matcher matcher = WORD_OR_MARK.matcher(text);
        while (matcher.find()) {
            counts.merge(matcher.group().toLowerCase(Locale.ROOT), 1, Integer::sum);
        }
        return counts;
    }
}
