package dev.tether.run.journal;

import dev.tether.core.kl.KlEstimator;

/**
 * How far the update moved the policy: KL(policy before ‖ policy during the update), mean over the step's minibatches,
 * nats per token.
 *
 * @param natsPerToken the figure that the early-stop limit looks at
 * @param estimator of {@code natsPerToken}
 * @param k1 first estimator; may be negative
 * @param k2 second estimator
 * @param k3 third estimator
 */
public record UpdateKl(double natsPerToken, KlEstimator estimator, double k1, double k2, double k3) {
    public UpdateKl {
        Figures.finite("update_kl.nats_per_token", natsPerToken);
        Figures.law(estimator != null, "update_kl.estimator", "null", "given");
        Figures.finite("update_kl.k1", k1);
        Figures.finite("update_kl.k2", k2);
        Figures.finite("update_kl.k3", k3);
    }

    /** With k3 as the figure that counts: it is never negative and has the smaller variance. */
    public UpdateKl(double k1, double k2, double k3) {
        this(k3, KlEstimator.K3, k1, k2, k3);
    }
}
