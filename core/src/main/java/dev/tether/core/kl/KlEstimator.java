package dev.tether.core.kl;

/**
 * Nats from one log-ratio d = log p(a) − log q(a), to estimate KL(p ‖ q) from a token a drawn from p. For the belt p is
 * the policy and q the reference: d &gt; 0 means that the policy likes the token more. Schulman, "Approximating KL
 * Divergence", 2020.
 */
public enum KlEstimator implements KlMeasure {
    /** d. Unbiased; a single value may be negative; the highest variance. */
    K1 {
        @Override
        public double natsAt(double logRatio) {
            return logRatio;
        }
    },
    /** |d|. Biased upwards, for E|d| ≥ |E d|; never negative. */
    ABS_K1 {
        @Override
        public double natsAt(double logRatio) {
            return Math.abs(logRatio);
        }
    },
    /** d² / 2. Biased, exact to second order; never negative. */
    K2 {
        @Override
        public double natsAt(double logRatio) {
            return 0.5 * logRatio * logRatio;
        }
    },
    /**
     * e^(−d) − 1 + d, through expm1 so that small d keep their digits. Unbiased, never negative; heavy tail where q
     * exceeds p by far, and +∞ where d &lt; −709.
     */
    K3 {
        @Override
        public double natsAt(double logRatio) {
            return Math.max(0, Math.expm1(-logRatio) + logRatio);
        }
    };

    @Override
    public boolean isUnbiased() {
        return this == K1 || this == K3;
    }

    @Override
    public boolean mayBeNegative() {
        return this == K1;
    }

    /** The estimate in nats at log-ratio d. NaN gives NaN. */
    public abstract double natsAt(double logRatio);
}
