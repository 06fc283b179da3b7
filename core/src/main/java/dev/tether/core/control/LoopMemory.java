package dev.tether.core.control;

import dev.tether.core.law.Require;
import java.util.Map;

/**
 * What a PI or PID loop remembers from step to step besides β: a Kalman filter of the error's level and slope (constant
 * slope, disturbed by a random change of it each step; Bar-Shalom, Li and Kirubarajan 2001, section 6.3). The integral
 * itself is not here: it is log β, which is why nothing winds up while a bound holds β.
 *
 * @param readings accepted so far
 * @param level filtered error
 * @param movedLevel the level when β last moved, or at the first reading
 * @param slope of the error per step, filtered
 * @param levelVariance how unsure the level is; ≥ 0
 * @param covariance of level and slope
 * @param slopeVariance how unsure the slope is; ≥ 0
 */
public record LoopMemory(
        long readings,
        double level,
        double movedLevel,
        double slope,
        double levelVariance,
        double covariance,
        double slopeVariance) {
    /** Before the first reading. */
    public static final LoopMemory EMPTY = new LoopMemory(0, 0, 0, 0, 0, 0, 0);

    private static final String READINGS = "readings";
    private static final String LEVEL = "error_level";
    private static final String MOVED_LEVEL = "error_moved_level";
    private static final String SLOPE = "error_slope";
    private static final String LEVEL_VARIANCE = "error_level_variance";
    private static final String COVARIANCE = "error_covariance";
    private static final String SLOPE_VARIANCE = "error_slope_variance";

    public LoopMemory {
        Require.atLeast(READINGS, readings, 0);
        Require.finite(LEVEL, level);
        Require.finite(MOVED_LEVEL, movedLevel);
        Require.finite(SLOPE, slope);
        Require.notNegative(LEVEL_VARIANCE, levelVariance);
        Require.finite(COVARIANCE, covariance);
        Require.notNegative(SLOPE_VARIANCE, slopeVariance);
    }

    /**
     * After one more accepted reading.
     *
     * @param error of the reading
     * @param standardError of {@code error}; 0 where it is not known
     */
    LoopMemory seeing(double error, double standardError, double agility) {
        double noise = standardError * standardError;
        double change = agility * agility;
        if (readings == 0) {
            return new LoopMemory(1, error, error, 0, noise, 0, change);
        }
        double expected = level + slope;
        double levelNow = levelVariance + 2 * covariance + slopeVariance + change / 4;
        double covarianceNow = covariance + slopeVariance + change / 2;
        double slopeNow = slopeVariance + change;
        double levelGain = levelNow / (levelNow + noise);
        double slopeGain = covarianceNow / (levelNow + noise);
        double surprise = error - expected;
        return new LoopMemory(
                readings + 1,
                expected + levelGain * surprise,
                movedLevel,
                slope + slopeGain * surprise,
                (1 - levelGain) * levelNow,
                (1 - levelGain) * covarianceNow,
                Math.max(0, slopeNow - slopeGain * covarianceNow));
    }

    /** After β was moved for this level. */
    LoopMemory moved() {
        return new LoopMemory(readings, level, level, slope, levelVariance, covariance, slopeVariance);
    }

    Map<String, Double> with(double klCoef) {
        return Map.of(
                ControllerState.KL_COEF,
                klCoef,
                READINGS,
                (double) readings,
                LEVEL,
                level,
                MOVED_LEVEL,
                movedLevel,
                SLOPE,
                slope,
                LEVEL_VARIANCE,
                levelVariance,
                COVARIANCE,
                covariance,
                SLOPE_VARIANCE,
                slopeVariance);
    }

    static LoopMemory from(Map<String, Double> state) {
        ControllerState.requireNames(
                state,
                ControllerState.KL_COEF,
                READINGS,
                LEVEL,
                MOVED_LEVEL,
                SLOPE,
                LEVEL_VARIANCE,
                COVARIANCE,
                SLOPE_VARIANCE);
        return new LoopMemory(
                ControllerState.whole(state, READINGS),
                state.get(LEVEL),
                state.get(MOVED_LEVEL),
                state.get(SLOPE),
                state.get(LEVEL_VARIANCE),
                state.get(COVARIANCE),
                state.get(SLOPE_VARIANCE));
    }
}
