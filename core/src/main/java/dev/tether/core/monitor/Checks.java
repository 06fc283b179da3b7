package dev.tether.core.monitor;

import java.util.List;

/** All checks there are; docs/checks.md explains them. */
public final class Checks {
    private static final List<Check> ALL = List.of(
            new NoNumber(),
            new KlNegative(),
            new KlAboveRange(),
            new KlWithoutBound(),
            new KlSpike(),
            new KlTooSmall(),
            new CoefficientAtBound(),
            new VerdictChanged(),
            new SamplerMismatch(),
            new GoldFalls(),
            new EntropyCollapse(),
            new DistinctCollapse(),
            new CompressionCollapse(),
            new LostLanguage(),
            new LengthDrift(),
            new MissingEnds(),
            new ZeroScoreVariance(),
            new ClipFractionHigh(),
            new ValueExplainsNothing());

    private Checks() {}

    /** In the order in which they look. */
    public static List<Check> all() {
        return ALL;
    }
}
