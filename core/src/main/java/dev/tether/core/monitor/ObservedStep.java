package dev.tether.core.monitor;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** What one step of a run told, as plain figures. Immutable. */
public final class ObservedStep {
    private final long step;
    private final double[] values;
    private final EnumSet<Figure> noNumbers;

    /** A figure that is missing is unknown; one that is not finite was told, but is no number. */
    public ObservedStep(long step, Map<Figure, Double> told) {
        this.step = step;
        this.values = new double[Figure.values().length];
        this.noNumbers = EnumSet.noneOf(Figure.class);
        Arrays.fill(values, Double.NaN);
        told.forEach((figure, value) -> {
            if (Double.isFinite(value)) {
                values[figure.ordinal()] = value;
            } else {
                noNumbers.add(figure);
            }
        });
    }

    /** Its number. */
    public long step() {
        return step;
    }

    /** The figure, NaN where it is unknown or no number. */
    public double at(Figure figure) {
        return values[figure.ordinal()];
    }

    /** True where the step told a finite number. */
    public boolean knows(Figure figure) {
        return !Double.isNaN(at(figure));
    }

    /** What was told as NaN or infinite. */
    public Set<Figure> noNumbers() {
        return EnumSet.copyOf(noNumbers);
    }
}
