package dev.tether.trainer.loop;

import dev.tether.core.kl.KlAgainst;
import dev.tether.core.kl.KlDirection;
import dev.tether.core.kl.KlEstimates;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.KlType;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.RaoBlackwellKl;
import dev.tether.core.stats.Masked;
import dev.tether.run.settings.BeltSettings;
import dev.tether.trainer.model.ExactKl;
import dev.tether.trainer.rollout.Rollout;
import java.util.Optional;

/**
 * Every KL of one rollout, each by its type.
 *
 * @param headline KL(policy ‖ reference) by the run's meter: what the controller steers by
 * @param estimates KL(policy ‖ reference) by all estimators of the chosen tokens
 * @param exact KL(policy ‖ reference) by the full vocabulary; empty where it is not measured
 * @param reverseNatsPerToken KL(reference ‖ policy) by the full vocabulary, nats per token; as {@code exact}
 * @param sampler KL(sampler ‖ policy): ought to be rounding
 * @param anchor KL(policy ‖ first reference); empty where the reference never moved
 */
record BeltReadings(
        KlSummary headline,
        KlEstimates estimates,
        Optional<KlSummary> exact,
        double reverseNatsPerToken,
        KlSummary sampler,
        Optional<KlSummary> anchor) {

    /** Measures; the parts' probe is needed by {@link BeltSettings.Meter#RAO_BLACKWELL} alone. */
    static BeltReadings of(Rollout rollout, BeltSettings belt, TrainingParts parts, double temperature) {
        LogprobPair pair = rollout.logprobPair();
        KlEstimates estimates = KlEstimates.of(pair, KlDirection.POLICY_FIRST, KlAgainst.REFERENCE);
        KlSummary sampler = KlSummary.of(rollout.samplerPair(), KlType.sampler(KlEstimator.K3));
        Optional<KlSummary> anchor = parts.reAnchoring()
                .map(ends -> new LogprobPair(
                        rollout.evaluation().logprobs(),
                        ends.anchor().logprobs(rollout.tokens(), temperature),
                        rollout.responseMask()))
                .map(drift -> KlSummary.of(drift, belt.estimator()));
        if (belt.meter() == BeltSettings.Meter.SAMPLED || parts.probe().isEmpty()) {
            return new BeltReadings(
                    estimates.by(belt.estimator()), estimates, Optional.empty(), Double.NaN, sampler, anchor);
        }
        ExactKl exact = parts.probe().get().exactKl(rollout.tokens(), temperature);
        KlSummary summary = RaoBlackwellKl.summary(exact.policyToReference(), rollout.responseMask());
        double reverse = Masked.mean(exact.referenceToPolicy(), rollout.responseMask());
        return new BeltReadings(summary, estimates, Optional.of(summary), reverse, sampler, anchor);
    }
}
