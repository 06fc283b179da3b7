package dev.tether.trainer.model;

import java.util.Arrays;
import java.util.Set;

/** Text to token ids and back, as the model's own tokenizer.json says. */
public interface Tokenizer {
    /** Ids of {@code text}, with the beginning-of-sequence token where the tokenizer adds one. */
    int[] encode(String text);

    /**
     * Ids of a text in which the special tokens are written out, as a chat template writes them: nothing is added. For a
     * tokenizer without special tokens the same as {@link #encode}.
     */
    default int[] encodeAsWritten(String text) {
        return encode(text);
    }

    /** The texts that are read as special tokens. */
    default Set<String> specialTexts() {
        return Set.of();
    }

    /** Text of {@code ids} without special tokens. */
    String decode(int[] ids);

    /**
     * Text of {@code response} as it reads after {@code prompt}, without special tokens. Decoded alone, some tokenizers drop
     * the space that parts the two.
     */
    default String decodeAfter(int[] prompt, int[] response) {
        int[] both = Arrays.copyOf(prompt, prompt.length + response.length);
        System.arraycopy(response, 0, both, prompt.length, response.length);
        String before = decode(prompt);
        String whole = decode(both);
        return whole.startsWith(before) ? whole.substring(before.length()) : decode(response);
    }

    /** The text of one token, special tokens included, for display. */
    String tokenText(int id);

    int vocabularySize();
}
