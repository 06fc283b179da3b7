package dev.tether.core.kl;

/** How the nats of many tokens became one number. */
public enum KlAggregation {
    /** Σ over all counted tokens / their number. */
    TOKEN_MEAN(KlUnit.NATS_PER_TOKEN, "mean over tokens"),
    /** Mean over sequences of the sum over each one's tokens. */
    SEQUENCE_SUM_MEAN(KlUnit.NATS_PER_SEQUENCE, "mean over sequences of sums"),
    /** Mean over sequences of the mean over each one's tokens: short sequences weigh as much as long ones (verl). */
    SEQUENCE_MEAN_MEAN(KlUnit.NATS_PER_TOKEN, "mean over sequences of means");

    private final KlUnit unit;
    private final String label;

    KlAggregation(KlUnit unit, String label) {
        this.unit = unit;
        this.label = label;
    }

    /** The unit that comes out. */
    public KlUnit unit() {
        return unit;
    }

    /** The words used in sentences. */
    public String label() {
        return label;
    }
}
