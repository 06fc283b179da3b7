package dev.tether.core.objective;

import dev.tether.core.kl.ResponseMask;
import dev.tether.core.law.Require;

/**
 * How the losses of single tokens become one loss: each token's weight. All tokens of a sequence weigh the same.
 *
 * @param over what the mean is taken over
 * @param divisor divides the sum of a sequence under {@link Over#SEQUENCE_SUMS}; &gt; 0, and 1 elsewhere
 */
public record LossMean(Over over, double divisor) {
    /** Every counted token alike, whatever sequence it is in: 1 / tokens. PPO, DAPO (Yu et al. 2025). */
    public static final LossMean OVER_TOKENS = new LossMean(Over.TOKENS, 1);

    /** Every sequence alike, whatever its length: 1 / (sequences · its tokens). GRPO (Shao et al. 2024). */
    public static final LossMean OVER_SEQUENCES = new LossMean(Over.SEQUENCES, 1);

    /** What a mean is taken over. */
    public enum Over {
        TOKENS,
        SEQUENCES,
        SEQUENCE_SUMS
    }

    public LossMean {
        Require.positive("divisor", divisor);
        Require.that(over == Over.SEQUENCE_SUMS || divisor == 1, "divisor", divisor, "1 unless over sequence sums");
    }

    /**
     * The sum of each sequence, divided by a constant, its mean over sequences: 1 / (sequences · divisor). With the longest
     * response allowed as divisor it is Dr. GRPO (Liu et al. 2025), with 1 it is RLOO.
     */
    public static LossMean overSequenceSums(double divisor) {
        return new LossMean(Over.SEQUENCE_SUMS, divisor);
    }

    /** The weight of each counted token of each sequence, [B]; 0 for a sequence without any. */
    public double[] weights(ResponseMask mask) {
        double[] weights = new double[mask.sequences()];
        for (int b = 0; b < weights.length; b++) {
            int tokens = mask.counted(b);
            weights[b] = tokens == 0
                    ? 0
                    : switch (over) {
                        case TOKENS -> 1.0 / mask.counted();
                        case SEQUENCES -> 1.0 / ((double) mask.sequences() * tokens);
                        case SEQUENCE_SUMS -> 1.0 / (mask.sequences() * divisor);
                    };
        }
        return weights;
    }

    /** {@link #weights} of every token, [B][T]; 0 where uncounted. */
    public double[][] tokenWeights(ResponseMask mask) {
        double[] ofSequences = weights(mask);
        double[][] weights = new double[ofSequences.length][];
        for (int b = 0; b < weights.length; b++) {
            weights[b] = new double[mask.width(b)];
            for (int t = 0; t < weights[b].length; t++) {
                weights[b][t] = mask.counts(b, t) ? ofSequences[b] : 0;
            }
        }
        return weights;
    }
}
