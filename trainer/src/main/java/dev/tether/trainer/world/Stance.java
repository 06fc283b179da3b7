package dev.tether.trainer.world;

import java.util.Locale;

/** What the writer of a review thinks of the product, from worst to best. */
public enum Stance {
    ANGRY,
    DISAPPOINTED,
    MIXED,
    PLEASED,
    DELIGHTED;

    /** 1 to 5, as the review's last line would say. */
    public int stars() {
        return ordinal() + 1;
    }

    /** As the grammar file calls it. */
    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
