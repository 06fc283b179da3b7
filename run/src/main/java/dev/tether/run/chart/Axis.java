package dev.tether.run.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of numbers laid along a line.
 *
 * @param low number at the beginning
 * @param high number at the end; &gt; low
 * @param scale how numbers are spread
 */
record Axis(double low, double high, Scale scale) {

    /** How numbers are spread along the line. */
    enum Scale {
        LINEAR,
        /** As linear, but ticks are whole numbers: for what is counted. */
        COUNTED,
        /** Equal ratios take equal room; low must be &gt; 0. */
        LOG
    }

    Axis {
        if (!(high > low) || (scale == Scale.LOG && !(low > 0))) {
            throw new IllegalArgumentException("axis from " + low + " to " + high + " by " + scale + " has no extent");
        }
    }

    /** A linear axis that holds {@code low} to {@code high} with a little air; also where both are the same. */
    static Axis around(double low, double high) {
        if (low == high) {
            double room = low == 0 ? 1 : Math.abs(low) * 0.5;
            return new Axis(low - room, high + room, Scale.LINEAR);
        }
        double air = 0.06 * (high - low);
        boolean startsAtZero = low >= 0 && low - air <= 0.35 * (high - low);
        return new Axis(startsAtZero ? 0 : low - air, high <= 0 && high + air > 0 ? 0 : high + air, Scale.LINEAR);
    }

    /** A logarithmic axis that holds both numbers. */
    static Axis logAround(double low, double high) {
        return new Axis(low / 1.3, high * 1.3, Scale.LOG);
    }

    /** Where {@code value} lies: 0 at the beginning, 1 at the end; outside of it beyond. */
    double at(double value) {
        return scale == Scale.LOG
                ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))
                : (value - low) / (high - low);
    }

    /** Round numbers within the range, about as many as wished. */
    List<Double> ticks(int about) {
        return scale == Scale.LOG ? logTicks(about) : linearTicks(about);
    }

    private List<Double> linearTicks(int about) {
        double step = step(about);
        List<Double> ticks = new ArrayList<>();
        for (long k = (long) Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
            ticks.add(k * step);
        }
        return ticks;
    }

    /** 1, 2 or 5 times a power of ten. */
    private double step(int about) {
        double rough = (high - low) / about;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double factor = rough / power;
        double step = power * (factor < 1.5 ? 1 : factor < 3.5 ? 2 : factor < 7.5 ? 5 : 10);
        return scale == Scale.COUNTED ? Math.max(1, step) : step;
    }

    private List<Double> logTicks(int about) {
        int first = (int) Math.floor(Math.log10(low));
        int last = (int) Math.ceil(Math.log10(high));
        List<Double> ticks = new ArrayList<>();
        double[] factors = last - first > about ? new double[] {1} : new double[] {1, 2, 5};
        for (int exponent = first; exponent <= last; exponent++) {
            for (double factor : factors) {
                double tick = Double.parseDouble(factor + "e" + exponent);
                if (tick >= low && tick <= high) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }

    /** The tick as text, with no more digits than tell it from its neighbours. */
    String label(double tick, int about) {
        double step = scale == Scale.LOG ? tick : step(about);
        if (Math.abs(tick) < step * 1e-6) {
            return "0";
        }
        if (step < 1e-4 || Math.abs(tick) >= 1e6) {
            return Numbers.brief(tick);
        }
        if (step >= 1000 && Math.abs(tick) >= 10_000) {
            return Math.round(tick / 1000) + "k";
        }
        int decimals = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
        return Numbers.fixed(tick, decimals);
    }
}
