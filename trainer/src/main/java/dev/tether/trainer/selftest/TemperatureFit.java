package dev.tether.trainer.selftest;

import dev.tether.core.kl.ResponseMask;
import dev.tether.trainer.model.Disagreement;
import java.util.function.DoubleFunction;

/**
 * The factor on the temperature at which a model comes closest to given log-probabilities.
 *
 * @param factor of the run's temperature
 * @param natsPerToken mean disagreement that is left
 */
record TemperatureFit(double factor, double natsPerToken) {
    /** Half an octave apart, from a quarter to four times. */
    private static final int STEPS = 4;

    /** Narrow an octave down to three in ten thousand. */
    private static final int REFINEMENTS = 16;

    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    /** @param reading log-probabilities [B][T] at a factor of the run's temperature */
    static TemperatureFit of(DoubleFunction<double[][]> reading, double[][] wanted, ResponseMask mask) {
        TemperatureFit best = at(0, reading, wanted, mask);
        for (int i = -STEPS; i <= STEPS; i++) {
            best = better(best, at(i / 2.0, reading, wanted, mask));
        }
        double octave = Math.log(best.factor) / Math.log(2);
        double low = octave - 0.5;
        double high = octave + 0.5;
        for (int i = 0; i < REFINEMENTS; i++) {
            TemperatureFit left = at(high - GOLDEN * (high - low), reading, wanted, mask);
            TemperatureFit right = at(low + GOLDEN * (high - low), reading, wanted, mask);
            if (left.natsPerToken < right.natsPerToken) {
                high = low + GOLDEN * (high - low);
            } else {
                low = high - GOLDEN * (high - low);
            }
            best = better(best, better(left, right));
        }
        return best;
    }

    private static TemperatureFit at(
            double octave, DoubleFunction<double[][]> reading, double[][] wanted, ResponseMask mask) {
        double factor = Math.pow(2, octave);
        return new TemperatureFit(factor, Disagreement.mean(wanted, reading.apply(factor), mask));
    }

    private static TemperatureFit better(TemperatureFit a, TemperatureFit b) {
        return b.natsPerToken < a.natsPerToken ? b : a;
    }
}
