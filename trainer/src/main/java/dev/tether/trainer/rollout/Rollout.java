package dev.tether.trainer.rollout;

import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.TruncatedLogprobs;
import dev.tether.trainer.reward.Episode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * B prompts with the policy's responses and all that was measured on them before the update. Arrays are [B][T].
 *
 * @param episodes prompt and response texts, B
 * @param tokens prompts, responses, response mask
 * @param stopReasons why each response ended, B
 * @param rolloutLogprobs nats, what the sampler said when it chose
 * @param policy the policy's own logprobs, entropies and values, and whose they are
 * @param refLogprobs nats, the reference's logprobs of the same tokens
 * @param truncated both models' logprobs within what top-k and top-p left; given where the belt reads those
 * @param scores the reward model's output, B, before scaling and penalties
 * @param scoreParts of each reward, where the score is a sum of several; else empty
 * @param goldScores of the gold reward, B, measured beside; empty where there is none
 */
public record Rollout(
        List<Episode> episodes,
        TokenBatch tokens,
        StopReason[] stopReasons,
        double[][] rolloutLogprobs,
        PolicyReading policy,
        double[][] refLogprobs,
        Optional<TruncatedLogprobs> truncated,
        double[] scores,
        Optional<double[]> goldScores,
        List<PartScores> scoreParts) {

    /**
     * What one of several rewards said.
     *
     * @param source how it is named
     * @param weight of its scores in the sum
     * @param scores B
     */
    public record PartScores(String source, double weight, double[] scores) {}

    public Rollout {
        scoreParts = List.copyOf(scoreParts);
    }

    /** The same, scored. */
    Rollout with(double[] scores, Optional<double[]> goldScores, List<PartScores> scoreParts) {
        return new Rollout(
                episodes,
                tokens,
                stopReasons,
                rolloutLogprobs,
                policy,
                refLogprobs,
                truncated,
                scores,
                goldScores,
                scoreParts);
    }

    /** The policy's own logprobs, entropies and values. */
    public Evaluation evaluation() {
        return policy.evaluation();
    }

    /** B. */
    public int sequences() {
        return tokens.sequences();
    }

    public ResponseMask responseMask() {
        return tokens.responseMask();
    }

    /** The policy's and the reference's logprobs of the same tokens, as the belt reads them. */
    public LogprobPair logprobPair() {
        return truncated
                .map(within -> new LogprobPair(within.policy(), within.reference(), responseMask()))
                .orElseGet(() -> new LogprobPair(evaluation().logprobs(), refLogprobs, responseMask()));
    }

    /**
     * The rollout as an optimiser sees it.
     *
     * @param advantages [B][T]
     * @param returns [B][T], what the value function should have said
     * @param valueMask positions that count in the value loss
     */
    public Minibatch minibatch(double[][] advantages, double[][] returns, ResponseMask valueMask) {
        return new Minibatch(
                tokens,
                evaluation().logprobs(),
                refLogprobs,
                advantages,
                evaluation().values(),
                returns,
                valueMask);
    }

    /**
     * The sampler's logprobs beside the trainer's own of the same distribution, in the rows that the trainer read: they
     * ought to agree.
     */
    public LogprobPair samplerPair() {
        if (truncated.isPresent()) {
            return new LogprobPair(rolloutLogprobs, truncated.get().policy(), responseMask());
        }
        int[] rows = policy.comparedRows();
        double[][] sampler =
                Arrays.stream(rows).mapToObj(b -> rolloutLogprobs[b]).toArray(double[][]::new);
        return new LogprobPair(sampler, policy.trainerLogprobs(), responseMask().rows(rows));
    }

    /** True where the policy emitted a stop token, per sequence. */
    public boolean[] ended() {
        boolean[] ended = new boolean[stopReasons.length];
        for (int b = 0; b < ended.length; b++) {
            ended[b] = stopReasons[b] == StopReason.ENDED;
        }
        return ended;
    }
}
