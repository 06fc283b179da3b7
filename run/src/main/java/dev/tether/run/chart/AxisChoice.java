package dev.tether.run.chart;

import java.util.Arrays;

/** Which range of numbers a chart shows. */
final class AxisChoice {
    private static final double LOG_FROM_RATIO = 25;

    private AxisChoice() {}

    static Axis x(Chart chart) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Series series : chart.series()) {
            for (double x : series.x()) {
                low = Math.min(low, x);
                high = Math.max(high, x);
            }
        }
        if (chart.widths() == Chart.Widths.RATIOS && low > 0) {
            return Axis.logAround(low, high);
        }
        Axis.Scale scale = scale(chart);
        if (low == high && scale == Axis.Scale.COUNTED) {
            return new Axis(low - 1, high + 1, scale);
        }
        boolean withAir = chart.widths() != Chart.Widths.STEPS || low == high;
        return withAir ? Axis.around(low, high) : new Axis(low, high, scale);
    }

    /** Steps are counted: no ticks between them. */
    private static Axis.Scale scale(Chart chart) {
        boolean counted = chart.series().stream()
                .allMatch(series -> Arrays.stream(series.x()).allMatch(x -> x == Math.rint(x)));
        return counted ? Axis.Scale.COUNTED : Axis.Scale.LINEAR;
    }

    /** Holds every point and every guide; logarithmic where the chart allows it and positive points span decades. */
    static Axis y(Chart chart) {
        double[] range = range(chart);
        boolean ratios = chart.heights() == Chart.Heights.RATIOS_WHERE_WIDE;
        if (ratios && range[0] > 0 && range[1] / range[0] >= LOG_FROM_RATIO) {
            return Axis.logAround(range[0], range[1]);
        }
        double low = range[0];
        double high = range[1];
        for (Chart.Guide guide : chart.guides()) {
            low = Math.min(low, guide.y());
            high = Math.max(high, guide.y());
        }
        for (Chart.Zone zone : chart.zones()) {
            high = zone.high() <= 2 * high ? Math.max(high, zone.high()) : high;
        }
        return Axis.around(low, high);
    }

    /** Of the points; a band counts as far as it leaves them by half their own range. */
    private static double[] range(Chart chart) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        double bandLow = Double.POSITIVE_INFINITY;
        double bandHigh = Double.NEGATIVE_INFINITY;
        for (Series series : chart.series()) {
            for (int i = 0; i < series.points(); i++) {
                low = Math.min(low, series.y()[i]);
                high = Math.max(high, series.y()[i]);
                bandLow = Math.min(bandLow, series.low(i));
                bandHigh = Math.max(bandHigh, series.high(i));
            }
        }
        double room = Math.max(0.5 * (high - low), 0.2 * Math.abs(high));
        return new double[] {
            Math.min(low, Math.max(bandLow, low - room)), Math.max(high, Math.min(bandHigh, high + room))
        };
    }
}
