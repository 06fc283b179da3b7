package dev.tether.trainer.model;

/** Text to token ids and back, as the model's own tokenizer.json says. */
public interface Tokenizer {
    /** Ids of {@code text}, with the beginning-of-sequence token where the tokenizer adds one. */
    int[] encode(String text);

    /** Text of {@code ids} without special tokens. */
    String decode(int[] ids);

    /** The text of one token, special tokens included, for display. */
    String tokenText(int id);

    int vocabularySize();
}
