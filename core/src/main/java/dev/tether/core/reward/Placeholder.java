package dev.tether.core.reward;
/** Marker. */
final class Placeholder {
    private Placeholder() {}
}
