package dev.tether.trainer.world;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one alternative of a rule: words, punctuation marks, {@code {choices|in place}} and {@code $references}. */
final class GrammarNotation {
    private static final Pattern PIECE = Pattern.compile("\\$[A-Za-z:-]*[A-Za-z]|[A-Za-z']+|[.,!{|}]");

    private final String text;
    private final List<String> pieces = new ArrayList<>();
    private final Function<String, Phrase> references;
    private int next;

    GrammarNotation(String text, Function<String, Phrase> references) {
        this.text = text;
        this.references = references;
        Matcher matcher = PIECE.matcher(text);
        int end = 0;
        while (matcher.find()) {
            refuseUnless(text.substring(end, matcher.start()).isBlank());
            pieces.add(matcher.group());
            end = matcher.end();
        }
        refuseUnless(text.substring(end).isBlank());
    }

    Phrase phrase() {
        Phrase phrase = sequence();
        refuseUnless(next == pieces.size());
        return phrase;
    }

    private Phrase sequence() {
        List<Phrase> parts = new ArrayList<>();
        while (next < pieces.size() && !"|".equals(pieces.get(next)) && !"}".equals(pieces.get(next))) {
            parts.add(element(pieces.get(next++)));
        }
        return parts.size() == 1 ? parts.get(0) : new Phrase.Sequence(parts);
    }

    private Phrase element(String piece) {
        if (piece.equals("{")) {
            return choice();
        }
        return piece.startsWith("$") ? references.apply(piece.substring(1)) : new Phrase.Word(piece);
    }

    private Phrase choice() {
        List<Phrase.Option> options = new ArrayList<>();
        String separator;
        do {
            options.add(new Phrase.Option(1, sequence()));
            refuseUnless(next < pieces.size());
            separator = pieces.get(next++);
        } while (separator.equals("|"));
        return new Phrase.Choice(options);
    }

    private void refuseUnless(boolean lawful) {
        if (!lawful) {
            throw new IllegalArgumentException("cannot read \"" + text + "\": words, . , ! {a|b} and $name are known");
        }
    }
}
