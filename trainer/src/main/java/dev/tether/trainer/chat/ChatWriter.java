package dev.tether.trainer.chat;

import dev.tether.run.InputException;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.Tokenizer;

/** Writes conversations as the text that a model reads. */
public sealed interface ChatWriter permits ChatTemplate, RoleTags {
    /**
     * A conversation up to where the assistant begins to speak.
     *
     * @throws InputException when it cannot be written so
     */
    String write(Conversation conversation);

    /**
     * The same with an answer. What an answer that ended by itself has behind its last words belongs to it: the end of the turn,
     * and whatever is written after that; an answer that was cut ends with its last words.
     *
     * @throws InputException when it cannot be written so
     */
    Written write(Exchange exchange, StopReason end);

    /** Ids of what was written, special tokens as this writer has them. */
    int[] encode(Tokenizer tokenizer, String written);

    /** An exchange as text: the answer stands right behind the prompt. */
    record Written(String prompt, String answer) {}
}
