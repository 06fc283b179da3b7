package dev.tether.core.control;
/** Marker. */
final class Placeholder {
    private Placeholder() {}
}
