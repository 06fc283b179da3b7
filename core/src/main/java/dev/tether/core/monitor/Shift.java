package dev.tether.core.monitor;

import dev.tether.core.stats.Explanation;
import dev.tether.core.stats.StudentT;
import java.util.Optional;

/**
 * How far a figure has moved from where the run began. Tests are Welch's: t with the degrees of freedom of two means that
 * have errors of their own.
 *
 * @param first the beginning
 * @param now the last steps
 */
record Shift(Level first, Level now) {
    /** Steps of the beginning. */
    private static final int FIRST = 10;
    /** Steps of now. */
    private static final int NOW = 20;

    /** Empty until the run has both, all known. */
    static Optional<Shift> of(Window window, Figure figure) {
        double[] first = window.first(figure, FIRST);
        double[] now = window.last(figure, NOW);
        boolean enough = window.length() >= FIRST + NOW && first.length == FIRST && now.length == NOW;
        return enough ? Optional.of(new Shift(Level.of(first), Level.of(now))) : Optional.empty();
    }

    /** True when now is below {@code share} of the beginning, beyond chance in {@code rate} of looks. */
    boolean fellBelow(double share, double rate) {
        return exceeds(share * first.mean() - now.mean(), share, rate);
    }

    /** True when now is above {@code share} times the beginning, beyond chance in {@code rate} of looks. */
    boolean roseAbove(double share, double rate) {
        return exceeds(now.mean() - share * first.mean(), share, rate);
    }

    /** True when now is more than {@code amount} above the beginning, beyond chance in {@code rate} of looks. */
    boolean roseBy(double amount, double rate) {
        return exceeds(now.mean() - first.mean() - amount, 1, rate);
    }

    /** True when now is more than {@code amount} below the beginning, beyond chance in {@code rate} of looks. */
    boolean fellBy(double amount, double rate) {
        return exceeds(first.mean() - now.mean() - amount, 1, rate);
    }

    /** Now against the beginning; NaN where that was 0. */
    double ratio() {
        return first.mean() == 0 ? Double.NaN : now.mean() / first.mean();
    }

    private boolean exceeds(double excess, double share, double rate) {
        if (excess <= 0) {
            return false;
        }
        double before = share * first.standardError();
        double error = Math.hypot(before, now.standardError());
        return error == 0 || StudentT.upperTail(excess / error, degrees(before, now.standardError())) < rate;
    }

    /** Welch and Satterthwaite's degrees of freedom. */
    private double degrees(double before, double after) {
        double a = before * before;
        double b = after * after;
        return (a + b) * (a + b) / (a * a / (first.steps() - 1) + b * b / (now.steps() - 1));
    }

    Explanation explain(String name) {
        return Explanation.of(
                now.mean() - first.mean(),
                "change of " + name + " since the run began",
                first.explain(name + " at the beginning"),
                now.explain(name + " now"));
    }
}
