package dev.tether.run.chart;

import java.util.Locale;

/**
 * Where things lie on the picture, in its own units.
 *
 * @param xAxis along the bottom
 * @param yAxis up the left side
 * @param top of the plot
 * @param right end of the plot
 */
record Frame(Axis xAxis, Axis yAxis, int top, int right) {
    static final int WIDTH = 560;
    static final int PLOT_HEIGHT = 198;
    static final int LEFT = 50;
    private static final int FARTHEST_RIGHT = 500;
    private static final int NEAREST_RIGHT = 380;
    private static final int BELOW = 36;
    private static final int AIR = 10;

    /**
     * @param top of the plot
     * @param labels room that the labels behind its right end need; 0 = there are none
     */
    static Frame of(Chart chart, int top, double labels) {
        int farthest = labels == 0 ? WIDTH - AIR : FARTHEST_RIGHT;
        int right = (int) Math.max(NEAREST_RIGHT, Math.min(farthest, WIDTH - labels));
        return new Frame(AxisChoice.x(chart), AxisChoice.y(chart), top, right);
    }

    int bottom() {
        return top + PLOT_HEIGHT;
    }

    int height() {
        return bottom() + BELOW;
    }

    double x(double value) {
        return LEFT + xAxis.at(value) * (right - LEFT);
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
