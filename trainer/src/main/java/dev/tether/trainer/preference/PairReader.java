package dev.tether.trainer.preference;

import dev.tether.core.law.Require;
import dev.tether.run.InputException;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Comparisons as tokens. Prompt and answer are read as one text, and what both texts have of the prompt's own tokens is the
 * prompt: a token across its end belongs to the answers. A pair that is too long loses the beginning of its prompt, its very
 * first token excepted; an answer that is too long alone loses its end, and with it its stop token.
 */
public final class PairReader {
    private final Tokenizer tokenizer;
    private final OptionalInt stopId;
    private final int maxLength;

    /**
     * @param stopId put after an answer that ended by itself; empty where the model has none
     * @param maxLength tokens of prompt and answer at most; ≥ 2
     */
    public PairReader(Tokenizer tokenizer, OptionalInt stopId, int maxLength) {
        Require.atLeast("max_length", maxLength, 2);
        this.tokenizer = tokenizer;
        this.stopId = stopId;
        this.maxLength = maxLength;
    }

    /**
     * The pairs and how many of them were shortened.
     *
     * @param alike rows whose texts are the same tokens after shortening; they are left out
     */
    public record Read(List<TokenPair> pairs, int shortened, int alike) {
        public Read {
            pairs = List.copyOf(pairs);
        }
    }

    /** @throws InputException where an answer has no token, or no pair is left */
    public Read read(List<PreferenceRow> rows) {
        List<TokenPair> pairs = new ArrayList<>();
        int shortened = 0;
        int alike = 0;
        for (PreferenceRow row : rows) {
            TokenPair whole = tokens(row);
            TokenPair pair = whole.length() > maxLength ? shortened(whole) : whole;
            shortened += whole.length() > maxLength ? 1 : 0;
            if (Arrays.equals(pair.chosen(), pair.rejected())) {
                alike++;
            } else {
                pairs.add(pair);
            }
        }
        if (pairs.isEmpty()) {
            throw new InputException("no pair is left: within max_length = " + maxLength
                    + " tokens the two answers of every pair are the same");
        }
        return new Read(pairs, shortened, alike);
    }

    private TokenPair tokens(PreferenceRow row) {
        PreferencePair pair = row.pair();
        int[] prompt = pair.prompt().isEmpty() ? new int[0] : tokenizer.encode(pair.prompt());
        int[] chosen = text(pair.prompt() + pair.chosen(), row.chosenEnd());
        int[] rejected = text(pair.prompt() + pair.rejected(), row.rejectedEnd());
        int shared = Math.min(shared(prompt, chosen), shared(prompt, rejected));
        if (shared == chosen.length || shared == rejected.length) {
            throw new InputException(row.place() + ": the " + (shared == chosen.length ? "chosen" : "rejected")
                    + " answer has no token");
        }
        return new TokenPair(
                Arrays.copyOf(prompt, shared),
                Arrays.copyOfRange(chosen, shared, chosen.length),
                Arrays.copyOfRange(rejected, shared, rejected.length),
                row.margin(),
                row.place());
    }

    private int[] text(String text, StopReason end) {
        int[] ids = tokenizer.encode(text);
        boolean stops = end == StopReason.ENDED && stopId.isPresent();
        // some tokenizers write the stop token themselves
        if (!stops || (ids.length > 0 && ids[ids.length - 1] == stopId.getAsInt())) {
            return ids;
        }
        int[] stopped = Arrays.copyOf(ids, ids.length + 1);
        stopped[ids.length] = stopId.getAsInt();
        return stopped;
    }

    private static int shared(int[] one, int[] other) {
        int mismatch = Arrays.mismatch(one, other);
        return mismatch < 0 ? one.length : mismatch;
    }

    private TokenPair shortened(TokenPair pair) {
        int[] prompt = pair.prompt();
        int answers = Math.max(pair.chosen().length, pair.rejected().length);
        int keep = Math.min(prompt.length, Math.max(Math.min(1, prompt.length), maxLength - answers));
        int[] kept = Arrays.copyOfRange(prompt, prompt.length - keep, prompt.length);
        if (keep > 0) {
            kept[0] = prompt[0];
        }
        int room = maxLength - keep;
        return new TokenPair(
                kept,
                Arrays.copyOf(pair.chosen(), Math.min(room, pair.chosen().length)),
                Arrays.copyOf(pair.rejected(), Math.min(room, pair.rejected().length)),
                pair.margin(),
                pair.place());
    }
}
