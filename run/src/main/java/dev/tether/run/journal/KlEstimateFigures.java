package dev.tether.run.journal;

import dev.tether.core.kl.KlEstimates;

/**
 * KL(policy ‖ reference) by every estimator of single logprobs, from the same tokens.
 *
 * @param k1 mean of d; may be negative
 * @param absK1 mean of |d|
 * @param k2 mean of d²/2
 * @param k3 mean of e^(−d) − 1 + d
 */
public record KlEstimateFigures(KlReading k1, KlReading absK1, KlReading k2, KlReading k3) {
    public KlEstimateFigures {
        Figures.law(k1 != null, "reference_kl_estimates.k1", "null", "given");
        Figures.law(absK1 != null, "reference_kl_estimates.abs_k1", "null", "given");
        Figures.law(k2 != null, "reference_kl_estimates.k2", "null", "given");
        Figures.law(k3 != null, "reference_kl_estimates.k3", "null", "given");
    }

    /** The journal's form of {@code estimates}. */
    public static KlEstimateFigures of(KlEstimates estimates) {
        return new KlEstimateFigures(
                KlReading.of(estimates.k1()),
                KlReading.of(estimates.absK1()),
                KlReading.of(estimates.k2()),
                KlReading.of(estimates.k3()));
    }
}
