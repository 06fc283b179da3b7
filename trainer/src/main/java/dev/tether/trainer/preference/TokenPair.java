package dev.tether.trainer.preference;

import java.util.Arrays;

/**
 * A comparison as a model reads it, token ids.
 *
 * @param prompt what both answers have before them; may be empty
 * @param chosen at least one, the stop token included where the answer ended by itself
 * @param rejected likewise
 * @param margin see {@link PreferenceRow}
 * @param place file and line, for messages
 */
public record TokenPair(int[] prompt, int[] chosen, int[] rejected, double margin, String place) {
    /** Prompt and chosen answer. */
    public int[] chosenText() {
        return joined(chosen);
    }

    /** Prompt and rejected answer. */
    public int[] rejectedText() {
        return joined(rejected);
    }

    private int[] joined(int[] answer) {
        int[] both = Arrays.copyOf(prompt, prompt.length + answer.length);
        System.arraycopy(answer, 0, both, prompt.length, answer.length);
        return both;
    }

    /** Tokens of the longer text. */
    public int length() {
        return prompt.length + Math.max(chosen.length, rejected.length);
    }
}
