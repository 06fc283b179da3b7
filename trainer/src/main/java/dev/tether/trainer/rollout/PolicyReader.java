package dev.tether.trainer.rollout;

import dev.tether.run.settings.UpdateSettings.OldLogprobs;
import dev.tether.trainer.model.Disagreement;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.TokenBatch;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Reads what a policy says of the responses that it just gave. The sampler has said it already, by other sums of the same
 * terms: where it agrees with the trainer on a share of the rows, only values are computed for the others.
 *
 * <p>All that is decided here follows from the step's number and from figures that every process has alike.
 *
 * @param oldLogprobs whether the sampler may be believed
 * @param meetingEvery after so many steps each the reference is made what the policy is, as it may be at the start; 0 =
 *     never again
 */
public record PolicyReader(PolicyModel policy, OldLogprobs oldLogprobs, int meetingEvery) {
    /**
     * Nats of one token by which sampler and trainer may differ. A ratio is then off by a factor of 1.0001 at most, a 2,000th
     * of the way to a clip at 0.2, and a KL per token by 0.0001 if all tokens were off alike.
     */
    public static final double TOLERANCE = 1e-4;

    /** One row of so many is compared, but at least two. */
    private static final int ROWS_PER_COMPARED = 8;

    /**
     * What the policy says of its responses in one step.
     *
     * @param step from 1
     * @param temperature as in {@link PolicyModel#evaluate}
     */
    public PolicyReading read(int step, TokenBatch tokens, Generation generation, double temperature) {
        int[] compared = comparedRows(step, tokens.sequences());
        boolean all = compared.length == tokens.sequences();
        return all || oldLogprobs == OldLogprobs.RECOMPUTED || !generation.speaksForPolicy()
                ? recomputed(tokens, temperature)
                : compared(tokens, generation, compared, temperature);
    }

    /** The trainer's own word on every row. */
    public PolicyReading recomputed(TokenBatch tokens, double temperature) {
        return PolicyReading.recomputed(policy.evaluate(tokens, temperature));
    }

    /**
     * Rows that the trainer reads in any case: all where policy and reference are one, for their KL is to be 0 to the bit;
     * else others in each step, until all had their turn.
     */
    private int[] comparedRows(int step, int rows) {
        boolean meeting = step == 1 || meetingEvery > 0 && (step - 1) % meetingEvery == 0;
        int every = meeting ? 1 : Math.max(1, Math.min(ROWS_PER_COMPARED, rows / 2));
        return rows(rows, b -> b % every == step % every);
    }

    private static int[] rows(int count, IntPredicate which) {
        return IntStream.range(0, count).filter(which).toArray();
    }

    private PolicyReading compared(TokenBatch tokens, Generation generation, int[] rows, double temperature) {
        int[] others = rows(tokens.sequences(), b -> IntStream.of(rows).noneMatch(each -> each == b));
        TokenBatch share = tokens.rows(rows);
        TokenBatch rest = tokens.rows(others);
        Evaluation read = policy.evaluate(share, temperature);
        double[][] sampled = picked(generation.rolloutLogprobs(), rows);
        if (Disagreement.max(sampled, read.logprobs(), share.responseMask()) <= TOLERANCE) {
            double[][] values = merged(rows, read.values(), others, policy.values(rest));
            Evaluation evaluation = new Evaluation(generation.rolloutLogprobs(), generation.entropy(), values);
            return new PolicyReading(evaluation, PolicyReading.Source.SAMPLED, rows, read.logprobs());
        }
        Evaluation more = policy.evaluate(rest, temperature);
        Function<Function<Evaluation, double[][]>, double[][]> both =
                array -> merged(rows, array.apply(read), others, array.apply(more));
        return PolicyReading.recomputed(new Evaluation(
                both.apply(Evaluation::logprobs), both.apply(Evaluation::entropy), both.apply(Evaluation::values)));
    }

    private static double[][] picked(double[][] array, int[] rows) {
        return IntStream.of(rows).mapToObj(b -> array[b]).toArray(double[][]::new);
    }

    /** An array of no rows stays one: a policy without value function has no values. */
    private static double[][] merged(int[] rows, double[][] some, int[] otherRows, double[][] others) {
        double[][] all = new double[some.length + others.length][];
        for (int i = 0; i < some.length; i++) {
            all[rows[i]] = some[i];
        }
        for (int i = 0; i < others.length; i++) {
            all[otherRows[i]] = others[i];
        }
        return all;
    }
}
