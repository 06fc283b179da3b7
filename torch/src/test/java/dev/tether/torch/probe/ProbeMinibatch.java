package dev.tether.torch.probe;

import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.TokenBatch;
import java.util.Random;

/** Minibatches with made-up numbers, NaN where nothing counts, so that reading it shows. */
public final class ProbeMinibatch {
    private ProbeMinibatch() {}

    /** Old and reference logprobs far from anything the models say, so that clips bite. */
    public static Minibatch of(TokenBatch tokens, long seed) {
        Random random = new Random(seed);
        return of(tokens, gaussian(tokens, random, -3.5, 0.5), gaussian(tokens, random, -3.5, 0.5), seed);
    }

    /** With random advantages. */
    static Minibatch of(TokenBatch tokens, double[][] logprobs, double[][] refLogprobs, long seed) {
        double[][] advantages = gaussian(tokens, new Random(seed + 1), 0, 1);
        double[][] none = new double[0][];
        return new Minibatch(tokens, logprobs, refLogprobs, advantages, none, none, tokens.responseMask());
    }

    /** On which nothing but a penalty can pull. */
    public static Minibatch withoutAdvantages(TokenBatch tokens) {
        double[][] zeros = new double[tokens.sequences()][tokens.responseWidth()];
        double[][] none = new double[0][];
        return new Minibatch(tokens, zeros, zeros, zeros, none, none, tokens.responseMask());
    }

    private static double[][] gaussian(TokenBatch tokens, Random random, double mean, double deviation) {
        double[][] values = new double[tokens.sequences()][tokens.responseWidth()];
        for (int b = 0; b < values.length; b++) {
            for (int t = 0; t < values[b].length; t++) {
                double value = random.nextGaussian(mean, deviation);
                values[b][t] = tokens.responseMask().counts(b, t) ? value : Double.NaN;
            }
        }
        return values;
    }
}
