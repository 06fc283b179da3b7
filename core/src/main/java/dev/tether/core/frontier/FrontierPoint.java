package dev.tether.core.frontier;

import dev.tether.core.stats.Interval;

/**
 * What the best policy under one β would reach, as far as the samples of the reference can tell.
 *
 * @param klCoef β
 * @param reward E[r] of the optimum
 * @param nats KL(π* ‖ π_ref), per sequence
 * @param objective E[r] − β·KL = β · log E_ref[e^(r/β)], what training maximises
 * @param effectiveSamples mean over prompts of 1/Σw², between 1 and the samples per prompt
 * @param rewardBand of {@code reward}, by bootstrap
 * @param natsBand of {@code nats}, by bootstrap
 * @param reach whether the samples can tell at all
 */
public record FrontierPoint(
        double klCoef,
        double reward,
        double nats,
        double objective,
        double effectiveSamples,
        Interval rewardBand,
        Interval natsBand,
        Reach reach) {
    /** Whether a point lies where the samples see. */
    public enum Reach {
        /** Enough samples stand behind it. */
        SEEN,
        /** The optimum lives on outcomes too rare among the samples: KL is under-stated, and E[r] with it. */
        BEYOND_THE_SAMPLES
    }
}
