package dev.tether.cli.kl;

import dev.tether.core.kl.KlAgainst;
import dev.tether.core.kl.KlDirection;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.stats.Bootstrap;

/**
 * What is asked of the rows.
 *
 * @param estimator of the figures per row
 * @param klCoef β, reward per nat
 * @param direction of the KL: the distribution named first is the one that {@code logprobs} are of
 * @param against the distribution beside the policy
 * @param refLogprobFloor what the second distribution's logprob of any token is at least; −∞ = not known
 * @param bootstrap of the intervals
 */
record KlQuestion(
        KlEstimator estimator,
        double klCoef,
        KlDirection direction,
        KlAgainst against,
        double refLogprobFloor,
        Bootstrap bootstrap) {
    /** "KL(policy ‖ reference)". */
    String label() {
        return direction == KlDirection.POLICY_FIRST
                ? "KL(policy ‖ " + against.label() + ")"
                : "KL(" + against.label() + " ‖ policy)";
    }
}
