package dev.tether.core.stats;

import java.util.List;

/**
 * A number that says how it came about: its sentence, and the numbers it was made of, each explained in turn.
 *
 * @param value the number, in the unit that the sentence names
 * @param sentence one sentence without a line break
 * @param parts what it was made of, empty for a number taken as given
 */
public record Explanation(double value, String sentence, List<Explanation> parts) {
    public Explanation {
        if (sentence.isBlank() || sentence.indexOf('\n') >= 0) {
            throw new IllegalArgumentException(
                    "sentence = \"" + sentence.replace("\n", "\\n") + "\", must be one line that is not blank");
        }
        parts = List.copyOf(parts);
    }

    /** A number taken as given, or made of {@code parts}. */
    public static Explanation of(double value, String sentence, Explanation... parts) {
        return new Explanation(value, sentence, List.of(parts));
    }

    /** The tree as text: one line per number, each level two spaces further in. */
    public String toText() {
        StringBuilder text = new StringBuilder();
        appendTo(text, 0);
        return text.toString();
    }

    private void appendTo(StringBuilder text, int depth) {
        text.append("  ".repeat(depth))
                .append(value)
                .append(": ")
                .append(sentence)
                .append('\n');
        for (Explanation part : parts) {
            part.appendTo(text, depth + 1);
        }
    }
}
