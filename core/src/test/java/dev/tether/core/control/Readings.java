package dev.tether.core.control;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.KlType;
import dev.tether.core.kl.KlUnit;

/** KL readings for controllers under test. */
final class Readings {
    static final KlTarget SIX_PER_SEQUENCE = new KlTarget(6, KlUnit.NATS_PER_SEQUENCE);

    private Readings() {}

    /** The same number in both units, its error unknown. */
    static KlSummary of(double nats) {
        return of(nats, Double.POSITIVE_INFINITY);
    }

    static KlSummary of(double nats, double standardError) {
        return new KlSummary(KlType.reference(KlEstimator.K1), nats, standardError, nats, standardError, nats, 640, 32);
    }
}
