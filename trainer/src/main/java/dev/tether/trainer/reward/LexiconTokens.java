package dev.tether.trainer.reward;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a text into what a lexicon speaks of. Whitespace separates; a piece between spaces that is an entry as a whole
 * ("xD", ":-)") is one token. Inside any other piece, from left to right: a run of letters and digits, with apostrophes
 * and hyphens between them, is a word ("don't", "well-made"); the longest entry that begins with a symbol and does not
 * cut a word is an emoticon (":)" in "great:)"); every other character is a token of its own (each "!" of "wow!!!").
 */
final class LexiconTokens {
    private final Lexicon lexicon;

    LexiconTokens(Lexicon lexicon) {
        this.lexicon = lexicon;
    }

    List<String> of(String text) {
        List<String> tokens = new ArrayList<>();
        for (String piece : text.split("\\s+")) {
            if (lexicon.contains(piece)) {
                tokens.add(piece);
            } else {
                split(piece, tokens);
            }
        }
        return tokens;
    }

    private void split(String piece, List<String> tokens) {
        int at = 0;
        while (at < piece.length()) {
            int end = startsWord(piece, at) ? wordEnd(piece, at) : symbolEnd(piece, at);
            tokens.add(piece.substring(at, end));
            at = end;
        }
    }

    static boolean startsWord(String text, int at) {
        return Character.isLetterOrDigit(text.codePointAt(at));
    }

    private static int wordEnd(String piece, int start) {
        int at = start;
        while (at < piece.length() && startsWord(piece, at)) {
            at += Character.charCount(piece.codePointAt(at));
            if (at + 1 < piece.length() && joinsWords(piece.charAt(at)) && startsWord(piece, at + 1)) {
                at++;
            }
        }
        return at;
    }

    private static boolean joinsWords(char c) {
        return c == '\'' || c == '’' || c == '-';
    }

    private int symbolEnd(String piece, int start) {
        int end = start + Character.charCount(piece.codePointAt(start));
        for (int length : lexicon.symbolLengths()) {
            int candidate = start + length;
            if (candidate > end
                    && candidate <= piece.length()
                    && !cutsWord(piece, candidate)
                    && lexicon.contains(piece.substring(start, candidate))) {
                end = candidate;
            }
        }
        return end;
    }

    private static boolean cutsWord(String piece, int at) {
        return at < piece.length() && startsWord(piece, at - 1) && startsWord(piece, at);
    }
}
