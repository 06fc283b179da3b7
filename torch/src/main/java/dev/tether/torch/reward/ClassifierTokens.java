package dev.tether.torch.reward;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.trainer.preference.AnswerReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The special tokens of a sequence classifier. It scores at the last token that is not padding, so the two must differ: a
 * model whose only special token ends texts (GPT-2) pads with it, and then no stop token stands after a text.
 *
 * @param padId fills up a batch
 * @param stopId stands after an answer that ended by itself; empty where there is none beside {@code padId}
 * @param stopIds all tokens at which the model stops, {@code padId} perhaps among them
 */
public record ClassifierTokens(int padId, OptionalInt stopId, int[] stopIds) {
    /**
     * The model's own padding; else the token of its tokenizer for what it does not know; else its stop token.
     *
     * @throws InputException where it has none of them
     */
    static ClassifierTokens of(ModelDirectory directory) {
        int[] stops = directory.stopIds();
        OptionalInt stop = Arrays.stream(stops).findFirst();
        OptionalInt pad = Arrays.stream(directory.padIds())
                .filter(id -> Arrays.stream(stops).noneMatch(each -> each == id))
                .findFirst();
        if (pad.isEmpty()) {
            pad = unknownToken(directory.path().resolve("tokenizer.json"), stops);
        }
        if (pad.isPresent()) {
            return new ClassifierTokens(pad.getAsInt(), stop, stops);
        }
        return new ClassifierTokens(
                stop.orElseThrow(() -> new InputException(directory.path()
                        + ": names neither pad_token_id nor eos_token_id, and a classifier needs a token to pad with")),
                OptionalInt.empty(),
                stops);
    }

    /** Where an answer ends. */
    public AnswerReader.Stops stops() {
        return new AnswerReader.Stops(stopIds, stopId);
    }

    private static OptionalInt unknownToken(Path tokenizer, int[] stops) {
        try {
            JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(tokenizer));
            String unknown = json.path("model").path("unk_token").asString("");
            JsonNode id = json.path("model").path("vocab").path(unknown);
            boolean usable = id.isInt() && Arrays.stream(stops).noneMatch(stop -> stop == id.intValue());
            return usable ? OptionalInt.of(id.intValue()) : OptionalInt.empty();
        } catch (JacksonException e) {
            throw new InputException(tokenizer + ": is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InputException("cannot read " + tokenizer + ": " + AtomicFiles.reason(e), e);
        }
    }
}
