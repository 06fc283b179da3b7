package dev.tether.core.control;

import dev.tether.core.kl.KlUnit;
import dev.tether.core.law.Require;

/**
 * The KL to hold, with its unit.
 *
 * @param nats finite and &gt; 0
 * @param unit per token or per sequence
 */
public record KlTarget(double nats, KlUnit unit) {
    public KlTarget {
        Require.positive("target", nats);
    }

    /** "6.0 nats/sequence". */
    public String label() {
        return nats + " " + unit.label();
    }
}
