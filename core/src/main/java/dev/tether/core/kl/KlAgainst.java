package dev.tether.core.kl;

/** The distribution that the policy is measured against. */
public enum KlAgainst {
    /** The frozen start of the policy: the belt. */
    REFERENCE("reference"),
    /** The policy as it was before the current update: the drift of the update. */
    OLD_POLICY("old policy"),
    /** What the sampling engine said of the same weights: ought to be near 0. */
    SAMPLER("sampler");

    private final String label;

    KlAgainst(String label) {
        this.label = label;
    }

    /** The word used in sentences. */
    public String label() {
        return label;
    }
}
