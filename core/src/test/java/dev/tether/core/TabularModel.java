package dev.tether.core;

import dev.tether.core.objective.TokenLogprobs;
import dev.tether.core.stats.SplitMix;
import java.util.Arrays;

/** Sequences of three tokens from a vocabulary of four, each prefix with logits of its own: all 64 can be enumerated. */
public final class TabularModel {
    public static final int VOCABULARY = 4;
    public static final int LENGTH = 3;
    public static final int SEQUENCES = 64;
    public static final int CONTEXTS = 1 + 4 + 16;

    private final double[] logits;

    private TabularModel(double[] logits) {
        this.logits = logits;
    }

    public static TabularModel random(long seed, double spread) {
        SplitMix random = new SplitMix(seed);
        double[] logits = new double[CONTEXTS * VOCABULARY];
        Arrays.setAll(logits, i -> spread * random.nextGaussian());
        return new TabularModel(logits);
    }

    /** With one logit moved. */
    public TabularModel moved(int parameter, double by) {
        double[] copy = logits.clone();
        copy[parameter] += by;
        return new TabularModel(copy);
    }

    public int parameters() {
        return logits.length;
    }

    /** Token t of sequence y, 0..63. */
    public static int token(int sequence, int t) {
        return (sequence >> (2 * t)) & 3;
    }

    /** Index of the prefix before token t of sequence y. */
    public static int context(int sequence, int t) {
        return t == 0 ? 0 : t == 1 ? 1 + token(sequence, 0) : 5 + token(sequence, 0) + 4 * token(sequence, 1);
    }

    /** Logprobs of all four tokens after a prefix. */
    public double[] next(int context) {
        return TokenLogprobs.logSoftmax(Arrays.copyOfRange(logits, context * 4, context * 4 + 4), 1);
    }

    /** Logprobs of the chosen tokens of all 64 sequences, [64][3]. */
    public double[][] logprobs() {
        double[][] logprobs = new double[SEQUENCES][LENGTH];
        for (int y = 0; y < SEQUENCES; y++) {
            for (int t = 0; t < LENGTH; t++) {
                logprobs[y][t] = next(context(y, t))[token(y, t)];
            }
        }
        return logprobs;
    }

    /** π(y). */
    public double probability(int sequence) {
        double sum = 0;
        for (int t = 0; t < LENGTH; t++) {
            sum += next(context(sequence, t))[token(sequence, t)];
        }
        return Math.exp(sum);
    }

    /** Adds weight · ∇ log π(y_t) to a flat gradient over the logits. */
    public void addScore(double[] gradient, int sequence, int t, double weight) {
        int context = context(sequence, t);
        double[] logprobs = next(context);
        for (int v = 0; v < VOCABULARY; v++) {
            gradient[context * 4 + v] += weight * ((v == token(sequence, t) ? 1 : 0) - Math.exp(logprobs[v]));
        }
    }

    /** KL(this ‖ other) over whole sequences. */
    public double sequenceKl(TabularModel other) {
        double kl = 0;
        for (int y = 0; y < SEQUENCES; y++) {
            double p = probability(y);
            kl += p * (Math.log(p) - Math.log(other.probability(y)));
        }
        return kl;
    }
}
