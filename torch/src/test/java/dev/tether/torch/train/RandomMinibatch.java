package dev.tether.torch.train;

import dev.tether.core.kl.ResponseMask;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.TokenBatch;
import java.util.Arrays;
import java.util.Random;

/** Ragged minibatches with made-up advantages; the old logprobs are the policy's own with a little noise. */
public final class RandomMinibatch {
    private RandomMinibatch() {}

    public static Minibatch of(PolicyModel policy, int vocabulary, int sequences, int width, long seed) {
        Random random = new Random(seed);
        int[][] prompts = new int[sequences][];
        int[][] responses = new int[sequences][];
        int[] lengths = new int[sequences];
        for (int b = 0; b < sequences; b++) {
            prompts[b] = random.ints(1 + random.nextInt(6), 3, vocabulary).toArray();
            responses[b] = random.ints(width, 3, vocabulary).toArray();
            lengths[b] = 1 + random.nextInt(width);
        }
        ResponseMask mask = ResponseMask.ofLengths(lengths, width);
        TokenBatch tokens = new TokenBatch(prompts, responses, mask);
        ResponseMask valueMask = mask.withPositionAfterLast();
        Evaluation now = policy.evaluate(tokens, 1);
        return new Minibatch(
                tokens,
                noisy(now.logprobs(), 0.2, random),
                noisy(now.logprobs(), 0.5, random),
                noisy(new double[sequences][width], 1, random),
                now.values().length == 0 ? now.values() : noisy(now.values(), 0.3, random),
                now.values().length == 0 ? now.values() : noisy(now.values(), 1, random),
                valueMask);
    }

    private static double[][] noisy(double[][] values, double deviation, Random random) {
        return Arrays.stream(values)
                .map(row -> Arrays.stream(row)
                        .map(v -> v + deviation * random.nextGaussian())
                        .toArray())
                .toArray(double[][]::new);
    }
}
