package dev.tether.core.kl;

import dev.tether.core.law.Require;

/**
 * A bound for one kind of KL, and for no other.
 *
 * @param type the KL it is meant for
 * @param aggregation and how that one is aggregated
 * @param nats finite and &gt; 0
 */
public record KlLimit(KlType type, KlAggregation aggregation, double nats) {
    public KlLimit {
        Require.positive("limit", nats);
    }
}
