package dev.tether.trainer.rollout;

import dev.tether.trainer.chat.Conversation;
import java.util.Optional;

/**
 * One prompt, as text and as token ids.
 *
 * @param conversation that {@code text} was written from; empty where the prompt is a text
 */
public record Prompt(String text, int[] ids, Optional<Conversation> conversation) {
    /** A text. */
    public Prompt(String text, int[] ids) {
        this(text, ids, Optional.empty());
    }
}
