package dev.tether.core.simulate;

import dev.tether.core.control.KlController;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.KlType;
import dev.tether.core.law.Require;
import dev.tether.core.stats.SplitMix;
import java.util.List;

/**
 * A controller steering a simulated run: each step measures KL with an error, moves β, and lets KL answer.
 *
 * @param model how KL answers to β
 * @param steps of the run; ≥ 3
 * @param episodes sequences per step; ≥ 2
 * @param relativeError standard error of a reading as a share of it; finite and ≥ 0
 */
public record Replay(ResponseModel model, int steps, long episodes, double relativeError) {
    public Replay {
        Require.atLeast("steps", steps, 3);
        Require.atLeast("episodes", episodes, 2);
        Require.notNegative("relative_error", relativeError);
    }

    /** Runs the controller from KL = 0; the same seed gives the same readings' errors. */
    public Trajectory run(KlController controller, long seed) {
        SplitMix random = new SplitMix(seed);
        double[] nats = new double[steps];
        double[] readings = new double[steps];
        double[] klCoefs = new double[steps];
        double now = 0;
        KlController running = controller;
        for (int step = 0; step < steps; step++) {
            double error = relativeError * now;
            nats[step] = now;
            readings[step] = now + error * random.nextGaussian();
            klCoefs[step] = running.coefficient();
            running = running.observe(reading(readings[step], error), episodes).next();
            now = model.next(now, klCoefs[step]);
        }
        return new Trajectory(nats, readings, klCoefs);
    }

    /**
     * What β a controller would have asked for, shown readings that were recorded: without any answer of KL to it, which
     * the recording cannot give.
     */
    public static double[] openLoop(KlController controller, List<KlSummary> recorded, long episodes) {
        double[] klCoefs = new double[recorded.size()];
        KlController running = controller;
        for (int step = 0; step < klCoefs.length; step++) {
            klCoefs[step] = running.coefficient();
            running = running.observe(recorded.get(step), episodes).next();
        }
        return klCoefs;
    }

    /** The simulated number stands for both units: the run is simulated in the unit of the controller's target. */
    private KlSummary reading(double nats, double error) {
        KlType type = KlType.reference(KlEstimator.K1);
        return new KlSummary(type, nats, error, nats, error, nats, episodes, episodes);
    }
}
