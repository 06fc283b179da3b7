package dev.tether.run.chart;

import java.util.Optional;

/**
 * Points in order, joined by a line.
 *
 * @param name in the legend; empty = not in it
 * @param colour number of the colour, from 0
 * @param look of the line
 * @param x of each point, finite
 * @param y of each point, finite
 * @param band around the points, if there is one
 */
public record Series(String name, int colour, Look look, double[] x, double[] y, Optional<Band> band) {

    /** How the points are drawn. */
    public enum Look {
        SOLID,
        DASHED,
        /** Points that are not joined. */
        DOTS,
        /** Points that grow stronger towards the last, joined by a faint line. */
        TRAIL
    }

    /**
     * From low to high at each point of the series.
     *
     * @param name what it covers, behind the series' name in the legend
     */
    public record Band(String name, double[] low, double[] high) {
        static final String TWO_ERRORS = "± 2 SE";

        /** Two standard errors to each side. */
        public static Band ofTwoErrors(double[] low, double[] high) {
            return new Band(TWO_ERRORS, low, high);
        }

        boolean isSymmetric() {
            return name.equals(TWO_ERRORS);
        }
    }

    public Series {
        int bandPoints = band.map(b -> b.low().length).orElse(x.length);
        if (x.length != y.length || bandPoints != x.length) {
            throw new IllegalArgumentException("series " + name + " has " + x.length + " x, " + y.length + " y and "
                    + bandPoints + " band points: all must agree");
        }
    }

    public static Series line(String name, int colour, double[] x, double[] y) {
        return new Series(name, colour, Look.SOLID, x, y, Optional.empty());
    }

    public Series with(Look other) {
        return new Series(name, colour, other, x, y, band);
    }

    public Series with(Band other) {
        return new Series(name, colour, look, x, y, Optional.of(other));
    }

    /** Lower end of the band at a point; the point itself where there is none. */
    double low(int point) {
        return band.map(b -> b.low()[point]).orElse(y[point]);
    }

    /** Upper end of the band at a point; the point itself where there is none. */
    double high(int point) {
        return band.map(b -> b.high()[point]).orElse(y[point]);
    }

    public int points() {
        return x.length;
    }
}
