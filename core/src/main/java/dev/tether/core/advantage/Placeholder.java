package dev.tether.core.advantage;
/** Marker. */
final class Placeholder {
    private Placeholder() {}
}
