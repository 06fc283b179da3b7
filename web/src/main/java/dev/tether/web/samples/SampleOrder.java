package dev.tether.web.samples;

import java.util.Locale;
import java.util.Optional;

/** By what samples can be sorted. */
public enum SampleOrder {
    NEWEST,
    OLDEST,
    HIGHEST_SCORE,
    LOWEST_SCORE,
    HIGHEST_KL,
    LOWEST_KL;

    /** Written in lower case; empty where there is none of that name. */
    public static Optional<SampleOrder> ofWord(String word) {
        for (SampleOrder order : values()) {
            if (order.name().toLowerCase(Locale.ROOT).equals(word)) {
                return Optional.of(order);
            }
        }
        return Optional.empty();
    }
}
