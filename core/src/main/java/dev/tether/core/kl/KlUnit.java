package dev.tether.core.kl;

/** What a KL is a mean over. */
public enum KlUnit {
    /** Σ over counted tokens / number of counted tokens. */
    NATS_PER_TOKEN("nats/token"),
    /** Σ over the counted tokens of a sequence, averaged over sequences that have any. */
    NATS_PER_SEQUENCE("nats/sequence");

    private final String label;

    KlUnit(String label) {
        this.label = label;
    }

    /** The unit as printed. */
    public String label() {
        return label;
    }
}
