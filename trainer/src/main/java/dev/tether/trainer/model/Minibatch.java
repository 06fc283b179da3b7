package dev.tether.trainer.model;

import dev.tether.core.kl.ResponseMask;
import java.util.Arrays;

/**
 * What one optimiser step of PPO sees. All arrays are [B][T].
 *
 * @param tokens prompts, responses and the mask of the policy loss
 * @param logprobs nats, of the policy before the update
 * @param refLogprobs nats, of the reference
 * @param advantages standardised where the settings say so
 * @param values of the policy before the update
 * @param returns GAE targets of the value function
 * @param valueMask positions that count in the value loss; the response mask, or one position more per sequence where
 *     the score lands after the last token
 */
public record Minibatch(
        TokenBatch tokens,
        double[][] logprobs,
        double[][] refLogprobs,
        double[][] advantages,
        double[][] values,
        double[][] returns,
        ResponseMask valueMask) {

    /** The rows of {@code sequences}, in that order. */
    public Minibatch rows(int... sequences) {
        return new Minibatch(
                tokens.rows(sequences),
                pick(logprobs, sequences),
                pick(refLogprobs, sequences),
                pick(advantages, sequences),
                pick(values, sequences),
                pick(returns, sequences),
                valueMask.rows(sequences));
    }

    /** An array of no sequences stays one: a policy without value function has no values. */
    private static double[][] pick(double[][] rows, int[] sequences) {
        return rows.length == 0
                ? rows
                : Arrays.stream(sequences).mapToObj(b -> rows[b]).toArray(double[][]::new);
    }
}
