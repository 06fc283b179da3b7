package dev.tether.core.monitor;

import dev.tether.core.law.Require;
import java.util.Arrays;
import java.util.List;

/**
 * The steps of a run up to now, as a check looks at them.
 *
 * @param steps in order, at least one; a view that is not copied, for a run may be long
 */
public record Window(List<ObservedStep> steps) {
    /** A beginning is looked for in so many times its length: a figure may come a few steps late. */
    private static final int LATENESS = 3;

    public Window {
        Require.atLeast("steps", steps.size(), 1);
    }

    public ObservedStep now() {
        return steps.get(steps.size() - 1);
    }

    public int length() {
        return steps.size();
    }

    /** What is known of the last {@code count} steps, in order. */
    public double[] last(Figure figure, int count) {
        return known(figure, steps.size() - count, steps.size());
    }

    /** What is known of the {@code count} steps before the one of now, in order. */
    public double[] before(Figure figure, int count) {
        int end = steps.size() - 1;
        return known(figure, end - count, end);
    }

    /** The first values that are known, at most {@code count}. */
    public double[] first(Figure figure, int count) {
        double[] early = known(figure, 0, Math.min(steps.size(), LATENESS * count));
        return Arrays.copyOf(early, Math.min(count, early.length));
    }

    /** The first of the figures that now is known; where none is, the last named. */
    public Figure firstKnown(Figure... figures) {
        return Arrays.stream(figures).filter(now()::knows).findFirst().orElse(figures[figures.length - 1]);
    }

    private double[] known(Figure figure, int from, int to) {
        return steps.subList(Math.max(0, from), to).stream()
                .mapToDouble(step -> step.at(figure))
                .filter(value -> !Double.isNaN(value))
                .toArray();
    }
}
