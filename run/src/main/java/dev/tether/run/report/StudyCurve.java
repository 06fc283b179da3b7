package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;

import dev.tether.core.frontier.BestOfNCurve;
import dev.tether.core.frontier.FormComparison;
import dev.tether.core.frontier.FormComparison.Points;
import dev.tether.core.frontier.OveroptimizationFit;
import dev.tether.core.stats.SplitMix;
import dev.tether.run.journal.StepRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One way to press on one learned reward: where it came to, with the two forms of Gao, Schulman and Hilton (2022) fitted.
 *
 * @param preferences that the reward was learned from
 * @param klCoef β of a training run, 0 = no belt; empty for best of n
 * @param nats KL(policy ‖ reference) per sequence: measured for a run; for best of n the bound log n − (n − 1)/n
 * @param proxy mean learned reward at each point
 * @param gold mean of what is really wanted, at each point
 * @param fitted how many points, from the first on, the forms were fitted to
 * @param forms empty where there are too few points to fit
 */
public record StudyCurve(
        int preferences,
        OptionalDouble klCoef,
        double[] nats,
        double[] proxy,
        double[] gold,
        int fitted,
        Optional<FormComparison> forms) {
    /** Steps that are drawn together, since neighbours resemble each other. */
    private static final int BLOCK = 5;

    private static final int RESAMPLES = 400;

    /**
     * Of a run whose steps have score, gold score and KL. Resampled in stretches of five steps.
     *
     * @param referenceGold gold of the reference, where the forms begin
     */
    public static StudyCurve ofRun(int preferences, double klCoef, List<StepRecord> steps, double referenceGold) {
        double[] nats = steps.stream()
                .mapToDouble(step ->
                        step.referenceKl().orElseThrow().natsPerSequence().orElseThrow())
                .toArray();
        double[] proxy = steps.stream()
                .mapToDouble(step -> step.score().orElseThrow().mean())
                .toArray();
        double[] gold = steps.stream()
                .mapToDouble(step -> step.goldScore().orElseThrow().mean())
                .toArray();
        int fitted = GoldCourse.aboveTheFloor(gold);
        Points points = new Points(referenceGold, Arrays.copyOf(nats, fitted), Arrays.copyOf(gold, fitted));
        SplitMix random = new SplitMix(preferences);
        return new StudyCurve(
                preferences,
                OptionalDouble.of(klCoef),
                nats,
                proxy,
                gold,
                fitted,
                compared(points, () -> drawn(points, random)));
    }

    /** Of the best of n. Resampled by prompts. */
    public static StudyCurve ofBestOf(int preferences, BestOfNCurve curve) {
        double[] nats = curve.natsBound();
        double[] gold = curve.gold();
        SplitMix random = new SplitMix(preferences);
        return new StudyCurve(
                preferences,
                OptionalDouble.empty(),
                nats,
                curve.proxy(),
                gold,
                nats.length,
                compared(new Points(gold[0], nats, gold), () -> drawn(curve, random)));
    }

    private interface Resampling {
        Points draw();
    }

    private static Optional<FormComparison> compared(Points points, Resampling resampling) {
        boolean enough = points.nats().length >= OveroptimizationFit.LEAST_POINTS
                && Arrays.stream(points.nats()).distinct().count() >= OveroptimizationFit.LEAST_POINTS;
        if (!enough) {
            return Optional.empty();
        }
        List<Points> resamples = new ArrayList<>();
        for (int r = 0; r < RESAMPLES; r++) {
            resamples.add(resampling.draw());
        }
        return Optional.of(FormComparison.of(points, resamples));
    }

    private static Points drawn(Points points, SplitMix random) {
        int count = points.nats().length;
        double[] nats = new double[count];
        double[] gold = new double[count];
        for (int i = 0; i < count; i += BLOCK) {
            int from = random.nextInt(count - BLOCK + 1);
            for (int k = 0; k < BLOCK && i + k < count; k++) {
                nats[i + k] = points.nats()[from + k];
                gold[i + k] = points.gold()[from + k];
            }
        }
        return new Points(points.start(), nats, gold);
    }

    private static Points drawn(BestOfNCurve curve, SplitMix random) {
        int[] prompts = new int[curve.prompts()];
        Arrays.setAll(prompts, p -> random.nextInt(prompts.length));
        double[] gold = curve.goldOf(prompts);
        return new Points(gold[0], curve.natsBound(), gold);
    }

    /** Training, or choosing. */
    public boolean isRun() {
        return klCoef.isPresent();
    }

    boolean isFree() {
        return klCoef.isPresent() && klCoef.getAsDouble() == 0;
    }

    boolean isHeld() {
        return isRun() && !isFree();
    }

    /** Such as "no belt", "β = 0.1" or "best of n". */
    public String name() {
        if (!isRun()) {
            return "best of n";
        }
        return isFree() ? "no belt" : "β = " + rough(klCoef.getAsDouble());
    }

    /** The greatest KL that the forms were fitted to. */
    double furthestFitted() {
        return Arrays.stream(nats, 0, fitted).max().orElse(0);
    }
}
