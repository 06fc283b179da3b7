package dev.tether.trainer.model;

/**
 * The hard belt: KL(policy ‖ reference) that nothing may exceed. Infinite = no limit.
 *
 * @param natsPerToken mean over counted tokens; &gt; 0
 * @param natsPerSequence mean over sequences of the sum over their counted tokens; &gt; 0
 */
public record ReferenceKlLimit(double natsPerToken, double natsPerSequence) {
    public static final ReferenceKlLimit NONE =
            new ReferenceKlLimit(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    public ReferenceKlLimit {
        if (!(natsPerToken > 0)) {
            throw new IllegalArgumentException("hard_limit.nats_per_token = " + natsPerToken + ", must be > 0");
        }
        if (!(natsPerSequence > 0)) {
            throw new IllegalArgumentException("hard_limit.nats_per_sequence = " + natsPerSequence + ", must be > 0");
        }
    }

    /** True when either reading is over its limit. A reading that is NaN is not over anything. */
    public boolean isExceededBy(double perToken, double perSequence) {
        return perToken > natsPerToken || perSequence > natsPerSequence;
    }
}
