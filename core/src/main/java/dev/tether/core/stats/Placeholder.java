package dev.tether.core.stats;
/** Marker. */
final class Placeholder {
    private Placeholder() {}
}
