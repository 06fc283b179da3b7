package dev.tether.trainer.preference;

import dev.tether.trainer.chat.ChatMessage;
import dev.tether.trainer.chat.Exchange;
import dev.tether.trainer.chat.RoleTags;
import dev.tether.trainer.model.StopReason;
import java.util.List;
import java.util.Optional;

/**
 * Two answers to one prompt, and which of them someone preferred.
 *
 * @param chosen the preferred one
 * @param rejected the other
 * @param spoken the conversation, of which the texts then are the {@link RoleTags} form, to be shown; empty where there is none
 */
public record PreferencePair(String prompt, String chosen, String rejected, Optional<Spoken> spoken) {
    /** Texts. */
    public PreferencePair(String prompt, String chosen, String rejected) {
        this(prompt, chosen, rejected, Optional.empty());
    }

    /** Two ways in which a conversation went on. */
    public record Spoken(Exchange chosen, Exchange rejected) {}

    /**
     * Answers in a conversation.
     *
     * @param before what was said
     */
    public static PreferencePair of(List<ChatMessage> before, List<ChatMessage> chosen, List<ChatMessage> rejected) {
        Spoken spoken = new Spoken(new Exchange(before, chosen), new Exchange(before, rejected));
        var one = RoleTags.ONLY.write(spoken.chosen(), StopReason.TRUNCATED);
        var other = RoleTags.ONLY.write(spoken.rejected(), StopReason.TRUNCATED);
        return new PreferencePair(one.prompt(), one.answer(), other.answer(), Optional.of(spoken));
    }
}
