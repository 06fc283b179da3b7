package dev.tether.trainer.preference;

import dev.tether.trainer.chat.Exchange;
import dev.tether.trainer.model.StopReason;
import java.util.Optional;

/**
 * An answer to imitate.
 *
 * @param prompt what it answers; empty for a text of its own
 * @param response the answer, or the whole text
 * @param exchange the conversation that it is the answer of, instead of the two texts
 * @param place file and line, for messages
 */
public record Demonstration(String prompt, String response, Optional<Exchange> exchange, String place) {
    /** Texts. */
    public Demonstration(String prompt, String response, String place) {
        this(prompt, response, Optional.empty(), place);
    }

    static Demonstration of(Exchange exchange, String place) {
        return new Demonstration("", "", Optional.of(exchange), place);
    }

    /** As tokens; the answer ended by itself. */
    public AnswerReader.Tokens read(AnswerReader reader) {
        return exchange.map(spoken -> reader.read(spoken, StopReason.ENDED, place))
                .orElseGet(() -> reader.read(prompt, response, StopReason.ENDED));
    }
}
