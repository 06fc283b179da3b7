package dev.tether.core.simulate;

import dev.tether.core.law.Require;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The response model that best explains a recorded run: least squares between its readings and what the model, started at
 * the first reading and driven by the recorded β, would have read.
 *
 * @param model the fitted model
 * @param relativeError what is left unexplained, root mean square, as a share of the mean reading
 * @param exponentSource whether the run told the exponent, or too steady a β left it at 2
 */
public record ResponseFit(ResponseModel model, double relativeError, ExponentSource exponentSource) {
    /** Where the exponent came from. */
    public enum ExponentSource {
        /** β moved enough to tell. */
        FITTED,
        /** β hardly moved: the exponent of a Gaussian reward was assumed. */
        ASSUMED
    }

    private static final double GAUSSIAN_EXPONENT = 2;
    private static final double STEADY_BETA = 1.2;
    private static final int LEAST_STEPS = 8;
    private static final int EXPONENT = 1;
    private static final int STARTS = 8;
    private static final int ROUNDS = 40;
    private static final double SHORTEST_STRIDE = 1e-5;

    /** Fits a recorded run of at least eight steps with finite readings and β &gt; 0. */
    public static ResponseFit of(double[] readings, double[] klCoefs) {
        Require.sameLength("kl_coefs", klCoefs.length, "readings", readings.length);
        Require.atLeast("steps", readings.length, LEAST_STEPS);
        double mean = 0;
        double lowest = Double.POSITIVE_INFINITY;
        double highest = 0;
        for (int step = 0; step < readings.length; step++) {
            Require.finite("readings[" + step + "]", readings[step]);
            Require.positive("kl_coefs[" + step + "]", klCoefs[step]);
            mean += readings[step] / readings.length;
            lowest = Math.min(lowest, klCoefs[step]);
            highest = Math.max(highest, klCoefs[step]);
        }
        Require.positive("the mean reading", mean);
        boolean steady = highest / lowest < STEADY_BETA;
        Candidate best = new Search(readings, klCoefs, mean, steady).best();
        double left = Math.sqrt(best.squares / readings.length) / mean;
        return new ResponseFit(best.model, left, steady ? ExponentSource.ASSUMED : ExponentSource.FITTED);
    }

    /** What the model would have read, driven by those β from that first reading. */
    public static double[] predicted(ResponseModel model, double first, double[] klCoefs) {
        double[] nats = new double[klCoefs.length];
        nats[0] = Math.max(0, first);
        for (int step = 1; step < nats.length; step++) {
            nats[step] = model.next(nats[step - 1], klCoefs[step - 1]);
        }
        return nats;
    }

    private record Candidate(double[] logs, ResponseModel model, double squares) {}

    /** A coarse grid, then a pattern search from its best points, in the logs of equilibrium, exponent, rate and speed. */
    private static final class Search {
        private final double[] readings;
        private final double[] klCoefs;
        private final double mean;
        private final boolean steady;

        private Search(double[] readings, double[] klCoefs, double mean, boolean steady) {
            this.readings = readings;
            this.klCoefs = klCoefs;
            this.mean = mean;
            this.steady = steady;
        }

        private Candidate best() {
            List<Candidate> grid = new ArrayList<>();
            for (double equilibrium = -2; equilibrium <= 5; equilibrium += 0.5) {
                for (double exponent : steady ? new double[] {GAUSSIAN_EXPONENT} : new double[] {0.5, 1, 2, 3}) {
                    for (double rate : new double[] {0.01, 0.03, 0.1, 0.3}) {
                        for (double speed : new double[] {0.03, 0.1, 0.3, 3}) {
                            grid.add(at(new double[] {
                                Math.log(mean) + equilibrium, Math.log(exponent), Math.log(rate), Math.log(speed * mean)
                            }));
                        }
                    }
                }
            }
            Comparator<Candidate> order = Comparator.comparingDouble(Candidate::squares);
            return grid.stream()
                    .sorted(order)
                    .limit(STARTS)
                    .map(this::refined)
                    .min(order)
                    .orElseThrow();
        }

        /** Hooke and Jeeves 1961: try each direction, then leap on along what helped; shorter strides when nothing did. */
        private Candidate refined(Candidate start) {
            Candidate base = start;
            double stride = 0.4;
            for (int round = 0; round < ROUNDS && stride > SHORTEST_STRIDE; round++) {
                Candidate better = explored(base, stride);
                while (better.squares < base.squares) {
                    double[] leap = new double[base.logs.length];
                    for (int i = 0; i < leap.length; i++) {
                        leap[i] = 2 * better.logs[i] - base.logs[i];
                    }
                    base = better;
                    Candidate landed = explored(at(leap), stride);
                    better = landed.squares < base.squares ? landed : base;
                }
                stride /= 2;
            }
            return base;
        }

        private Candidate explored(Candidate from, double stride) {
            Candidate best = from;
            for (int i = 0; i < from.logs.length; i++) {
                if (i == EXPONENT && steady) {
                    continue;
                }
                for (double step : new double[] {-stride, stride}) {
                    double[] logs = best.logs.clone();
                    logs[i] += step;
                    Candidate candidate = at(logs);
                    if (candidate.squares < best.squares) {
                        best = candidate;
                        break;
                    }
                }
            }
            return best;
        }

        private Candidate at(double[] logs) {
            double[] bounded = {
                bound(logs[0], Math.log(mean) - 9, Math.log(mean) + 9),
                bound(logs[1], Math.log(0.2), Math.log(5)),
                bound(logs[2], Math.log(1e-3), 0),
                bound(logs[3], Math.log(mean * 1e-3), Math.log(mean * 10))
            };
            ResponseModel model = new ResponseModel(
                    Math.exp(bounded[0]),
                    Math.exp(bounded[1]),
                    Math.min(1, Math.exp(bounded[2])),
                    Math.exp(bounded[3]),
                    Double.POSITIVE_INFINITY);
            double[] predicted = predicted(model, readings[0], klCoefs);
            double squares = 0;
            for (int step = 0; step < predicted.length; step++) {
                squares += (predicted[step] - readings[step]) * (predicted[step] - readings[step]);
            }
            return new Candidate(bounded, model, squares);
        }

        private static double bound(double value, double low, double high) {
            return Math.max(low, Math.min(high, value));
        }
    }
}
