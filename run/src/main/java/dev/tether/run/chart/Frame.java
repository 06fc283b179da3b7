package dev.tether.run.chart;

import java.util.Locale;

/**
 * Where things lie on the picture, in its own units.
 *
 * @param xAxis along the bottom
 * @param yAxis up the left side
 * @param top of the plot
 */
record Frame(Axis xAxis, Axis yAxis, int top) {
    static final int WIDTH = 560;
    static final int PLOT_HEIGHT = 198;
    static final int LEFT = 50;
    static final int RIGHT = 500;
    private static final int BELOW = 36;

    static Frame of(Chart chart, int top) {
        return new Frame(AxisChoice.x(chart), AxisChoice.y(chart), top);
    }

    int bottom() {
        return top + PLOT_HEIGHT;
    }

    int height() {
        return bottom() + BELOW;
    }

    double x(double value) {
        return LEFT + xAxis.at(value) * (RIGHT - LEFT);
    }

    double y(double value) {
        return bottom() - yAxis.at(value) * PLOT_HEIGHT;
    }

    /** A point of a path. */
    String point(double x, double y) {
        return n(x(x)) + "," + n(y(y)) + " ";
    }

    /** A coordinate with a tenth of a unit. */
    static String n(double coordinate) {
        return String.format(Locale.ROOT, "%.1f", coordinate);
    }
}
