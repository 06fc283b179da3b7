package dev.tether.run.journal;

/**
 * A handful of numbers in four figures.
 *
 * @param mean arithmetic mean
 * @param sd standard deviation with n − 1 below; 0 for one number
 * @param min smallest
 * @param max largest
 */
public record Distribution(double mean, double sd, double min, double max) {
    public Distribution {
        Figures.finite("mean", mean);
        Figures.finite("sd", sd);
        Figures.finite("min", min);
        Figures.finite("max", max);
        Figures.law(sd >= 0, "sd", sd, ">= 0");
        Figures.law(min <= max, "min", min, "at most max = " + max);
    }

    /** Of at least one number, each finite. */
    public static Distribution of(double[] values) {
        Figures.law(values.length > 0, "values", "[]", "at least one number");
        double sum = 0;
        double min = values[0];
        double max = values[0];
        for (double value : values) {
            sum += value;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        double mean = sum / values.length;
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return new Distribution(mean, values.length == 1 ? 0 : Math.sqrt(squares / (values.length - 1)), min, max);
    }
}
