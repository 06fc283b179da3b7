package dev.tether.core.kl;

/**
 * The correction for truncated sampling. Under top-k or top-p a token is drawn from μ = π/Z on the tokens kept, Z being
 * their mass under π. The mean of log π − log π_ref over such tokens is KL(μ ‖ π_ref) + E[log Z]: too small by the mean
 * log kept mass, and negative where policy and reference agree. With log μ = log π − log Z in the place of log π the
 * estimators mean what they say again: KL(μ ‖ π_ref), of the distribution that was really sampled.
 */
public final class KeptMass {
    private static final double ROUNDING = 1e-6;

    private KeptMass() {}

    /**
     * log μ of the chosen tokens, [B][T] nats, 0 where uncounted.
     *
     * @param logprobs [B][T], log π of the chosen tokens under the full distribution (at the sampling temperature)
     * @param logKeptMass [B][T], log Z of each position; ≤ 0, and 0 where nothing was cut
     */
    public static double[][] samplingLogprobs(double[][] logprobs, double[][] logKeptMass, ResponseMask mask) {
        mask.requireShape("logprobs", logprobs);
        mask.requireShape("log_kept_mass", logKeptMass);
        double[][] sampling = new double[logprobs.length][];
        for (int b = 0; b < logprobs.length; b++) {
            sampling[b] = new double[logprobs[b].length];
            for (int t = 0; t < logprobs[b].length; t++) {
                if (mask.counts(b, t)) {
                    requireMass(b, t, logKeptMass[b][t], logprobs[b][t]);
                    sampling[b][t] = logprobs[b][t] - logKeptMass[b][t];
                }
            }
        }
        return sampling;
    }

    private static void requireMass(int b, int t, double logKeptMass, double logprob) {
        String place = "log_kept_mass[" + b + "][" + t + "] = " + logKeptMass;
        if (!(logKeptMass <= ROUNDING && logKeptMass != Double.NEGATIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    place + ", must be finite and <= 0 where the response mask counts the token");
        }
        if (logprob > logKeptMass + ROUNDING) {
            throw new IllegalArgumentException(
                    place + ", must be at least the logprob of the token that was kept, " + logprob);
        }
    }
}
