package dev.tether.trainer.preference;

import dev.tether.core.law.Require;
import dev.tether.run.InputException;
import dev.tether.trainer.preference.AnswerReader.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Comparisons as tokens ({@link AnswerReader}): what both texts have of the prompt's own tokens is the prompt. A pair that is too long loses the beginning of its prompt, its very
 * first token excepted; an answer that is too long alone loses its end, and with it its stop token.
 */
public final class PairReader {
    private final AnswerReader reader;
    private final int maxLength;

    /** @param maxLength tokens of prompt and answer at most; ≥ 2 */
    public PairReader(AnswerReader reader, int maxLength) {
        Require.atLeast("max_length", maxLength, 2);
        this.reader = reader;
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
        Tokens one = pair.spoken()
                .map(spoken -> reader.read(spoken.chosen(), row.chosenEnd(), row.place()))
                .orElseGet(() -> reader.read(pair.prompt(), pair.chosen(), row.chosenEnd()));
        Tokens other = pair.spoken()
                .map(spoken -> reader.read(spoken.rejected(), row.rejectedEnd(), row.place()))
                .orElseGet(() -> reader.read(pair.prompt(), pair.rejected(), row.rejectedEnd()));
        int[] chosen = one.ids();
        int[] rejected = other.ids();
        int shared = Math.min(one.given(), other.given());
        if (shared == chosen.length || shared == rejected.length) {
            throw new InputException(row.place() + ": the " + (shared == chosen.length ? "chosen" : "rejected")
                    + " answer has no token");
        }
        return new TokenPair(
                Arrays.copyOf(chosen, shared),
                Arrays.copyOfRange(chosen, shared, chosen.length),
                Arrays.copyOfRange(rejected, shared, rejected.length),
                row.margin(),
                row.place());
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
