package dev.tether.trainer.preference;

import dev.tether.run.InputException;
import dev.tether.trainer.chat.ChatMessage;
import dev.tether.trainer.chat.ChatWriter;
import dev.tether.trainer.chat.ChatWriter.Written;
import dev.tether.trainer.chat.Exchange;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.Tokenizer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Answers as tokens. Prompt and answer are read as one text, and what it has of the prompt's own tokens is the prompt: a token
 * across its end belongs to the answer. An answer that ended by itself ends with a stop token, as the model will say it: what a
 * chat template writes behind that (a line end) is left out.
 */
public final class AnswerReader {
    private final Tokenizer tokenizer;
    private final Stops stops;
    private final Optional<ChatWriter> writer;

    /** @param writer of conversations; empty where there are none */
    public AnswerReader(Tokenizer tokenizer, Stops stops, Optional<ChatWriter> writer) {
        this.tokenizer = tokenizer;
        this.stops = stops;
        this.writer = writer;
    }

    /**
     * The tokens at which a model stops.
     *
     * @param known all of them
     * @param appended put behind an answer that ended and has none of them there
     */
    public record Stops(int[] known, OptionalInt appended) {
        /** Of a model, the first of which is appended. */
        public static Stops of(int... known) {
            return new Stops(known, Arrays.stream(known).findFirst());
        }

        private boolean has(int id) {
            return Arrays.stream(known).anyMatch(known -> known == id);
        }
    }

    /**
     * Prompt and answer.
     *
     * @param given how many tokens at the beginning are the prompt's own
     */
    public record Tokens(int[] ids, int given) {}

    /** An answer that is a text. */
    public Tokens read(String prompt, String response, StopReason end) {
        int[] alone = prompt.isEmpty() ? new int[0] : tokenizer.encode(prompt);
        return tokens(alone, tokenizer.encode(prompt + response), end);
    }

    /**
     * An answer of a conversation.
     *
     * @param place file and line, for messages
     * @throws InputException where the conversation cannot be written for the model
     */
    public Tokens read(Exchange exchange, StopReason end, String place) {
        ChatWriter chat = writer.orElseThrow(
                () -> new InputException(place + ": is a conversation, and there is no chat template to write it by"));
        for (ChatMessage message : exchange.messages()) {
            message.requireNoSpecial(tokenizer, place);
        }
        try {
            Written written = chat.write(exchange, end);
            int[] alone = chat.encode(tokenizer, written.prompt());
            return tokens(alone, chat.encode(tokenizer, written.prompt() + written.answer()), end);
        } catch (InputException e) {
            throw new InputException(place + ": " + e.getMessage(), e);
        }
    }

    private Tokens tokens(int[] prompt, int[] whole, StopReason end) {
        int mismatch = Arrays.mismatch(prompt, whole);
        int given = mismatch < 0 ? prompt.length : mismatch;
        return new Tokens(end == StopReason.ENDED ? stopped(whole, given) : whole, given);
    }

    private int[] stopped(int[] ids, int given) {
        for (int at = ids.length - 1; at >= given; at--) {
            if (stops.has(ids[at])) {
                boolean isLast = tokenizer
                        .decode(Arrays.copyOfRange(ids, at, ids.length))
                        .isBlank();
                return isLast ? Arrays.copyOf(ids, at + 1) : appended(ids);
            }
        }
        return appended(ids);
    }

    private int[] appended(int[] ids) {
        if (stops.appended().isEmpty()) {
            return ids;
        }
        int[] more = Arrays.copyOf(ids, ids.length + 1);
        more[ids.length] = stops.appended().getAsInt();
        return more;
    }
}
