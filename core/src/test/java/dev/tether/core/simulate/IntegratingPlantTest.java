package dev.tether.core.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.control.KlCoefBounds;
import dev.tether.core.control.KlController;
import dev.tether.core.control.KlTarget;
import dev.tether.core.control.LoopGains;
import dev.tether.core.control.LoopMemory;
import dev.tether.core.control.PiKl;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.KlType;
import dev.tether.core.kl.KlUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Runs whose KL answers to β as trained models were seen to: √KL moves at a speed that follows how far log β is from its
 * equilibrium, bounded by what clipped updates of a normalised gradient can do, and behind a lag of the value function.
 * Near its target such a run is an integrator with dead time, and quick gains make it swing.
 */
class IntegratingPlantTest {
    private static final KlCoefBounds BOUNDS = new KlCoefBounds(1e-3, 10);
    private static final int STEPS = 120;
    private static final double READING_ERROR = 0.09;

    /** The gains before they were scheduled on the error: quick everywhere. */
    private static final LoopGains QUICK = new LoopGains(4.2, 0.22, 0, 0, 0.06, 2, 1);

    /**
     * One kind of run.
     *
     * @param equilibrium nats at β = 0.1
     * @param exponent how steeply the equilibrium falls with β
     * @param gain change of √KL per step and unit of log β off equilibrium
     * @param speed most change of √KL per step
     * @param lag steps that β takes to be felt
     */
    private record Plant(double equilibrium, double exponent, double gain, double speed, double lag) {}

    private static List<Plant> plants(double target) {
        List<Plant> plants = new ArrayList<>();
        for (double equilibrium : new double[] {2, 6, 20}) {
            for (double exponent : new double[] {0.7, 1.5}) {
                for (double gain : new double[] {0.1, 0.2, 0.4}) {
                    for (double speed : new double[] {0.05, 0.1, 0.2}) {
                        for (double lag : new double[] {1, 2, 4}) {
                            plants.add(new Plant(equilibrium, exponent, gain, speed, lag));
                        }
                    }
                }
            }
        }
        plants.removeIf(plant -> Math.sqrt(target) / plant.speed > 0.4 * STEPS);
        return plants;
    }

    @Test
    void theMeanIsHeldOnNearlyEveryOne() {
        int held = 0;
        int all = 0;
        for (double target : new double[] {2, 4, 8}) {
            for (Plant plant : plants(target)) {
                double[] nats = run(plant, target, LoopGains.PI);
                held += Math.abs(mean(lastThird(nats)) / target - 1) <= 0.1 ? 1 : 0;
                all++;
            }
        }
        assertThat(all).isGreaterThan(300);
        assertThat((double) held / all).isGreaterThan(0.95);
    }

    @Test
    void theDefaultSwingsLessThanHalfAsMuchAsGainsThatAreQuickEverywhere() {
        List<Double> calm = new ArrayList<>();
        List<Double> quick = new ArrayList<>();
        for (double target : new double[] {2, 4, 8}) {
            for (Plant plant : plants(target)) {
                calm.add(swing(lastThird(run(plant, target, LoopGains.PI))) / target);
                quick.add(swing(lastThird(run(plant, target, QUICK))) / target);
            }
        }
        assertThat(quantile(calm, 0.5)).isLessThan(0.55 * quantile(quick, 0.5));
        assertThat(quantile(calm, 0.95)).isLessThan(0.2);
    }

    private static double[] run(Plant plant, double target, LoopGains gains) {
        Random random = new Random(plant.hashCode());
        KlController running =
                new PiKl(new KlTarget(target, KlUnit.NATS_PER_SEQUENCE), 0.1, gains, BOUNDS, LoopMemory.EMPTY);
        double[] nats = new double[STEPS];
        double root = 0;
        double felt = Math.log(0.1);
        for (int step = 0; step < STEPS; step++) {
            nats[step] = root * root;
            double logBeta = Math.log(running.coefficient());
            running = running.observe(reading(nats[step], random), 32).next();
            felt += (logBeta - felt) / plant.lag;
            double equilibrium =
                    Math.log(0.1) + Math.log(plant.equilibrium / Math.max(nats[step], 1e-3)) / plant.exponent;
            double push = plant.gain * (equilibrium - felt);
            root = Math.max(0.02, root + plant.speed * Math.tanh(push / plant.speed));
        }
        return nats;
    }

    private static KlSummary reading(double nats, Random random) {
        double error = READING_ERROR * nats;
        double read = Math.max(0, nats + error * random.nextGaussian());
        return new KlSummary(KlType.reference(KlEstimator.K1), read, error, read, error, read, 32, 32);
    }

    private static double[] lastThird(double[] nats) {
        return Arrays.copyOfRange(nats, nats.length - nats.length / 3, nats.length);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double swing(double[] values) {
        double mean = mean(values);
        return Math.sqrt(Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElseThrow());
    }

    private static double quantile(List<Double> values, double share) {
        return values.stream().sorted().toList().get((int) (share * (values.size() - 1)));
    }
}
