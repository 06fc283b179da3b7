package dev.tether.run.report;

import dev.tether.run.journal.StepRecord;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * What became of one run of the demonstration, in means over windows of {@link #WINDOW} steps so that no single batch
 * decides.
 *
 * @param name of the run
 * @param proxyFrom learned reward over the first window
 * @param proxyTo over the last
 * @param goldFrom what is really wanted, over the first window
 * @param goldBest over the window where it was highest
 * @param goldTo over the last
 * @param nats KL(policy ‖ reference) over the last window, nats per sequence
 * @param distinctFrom share of different pairs of neighbouring tokens, over the first window
 * @param distinctTo over the last
 */
public record DemoStory(
        String name,
        double proxyFrom,
        double proxyTo,
        double goldFrom,
        double goldBest,
        double goldTo,
        double nats,
        double distinctFrom,
        double distinctTo) {
    /** Steps in a window. */
    public static final int WINDOW = 15;

    /** Share of gold's own peak that is lost where one speaks of over-optimisation. */
    private static final double LOST = 0.2;

    /** Of a run whose steps all have score, gold score, KL and distinct pairs. */
    public static DemoStory of(String name, List<StepRecord> steps) {
        double[] proxy = means(
                steps, step -> OptionalDouble.of(step.score().orElseThrow().mean()));
        double[] gold = means(
                steps, step -> OptionalDouble.of(step.goldScore().orElseThrow().mean()));
        double[] nats = means(steps, step -> step.referenceKl().orElseThrow().natsPerSequence());
        double[] distinct = means(steps, step -> step.text().orElseThrow().distinctBigrams());
        double best = Double.NEGATIVE_INFINITY;
        for (double value : gold) {
            best = Math.max(best, value);
        }
        return new DemoStory(
                name, proxy[0], last(proxy), gold[0], best, last(gold), last(nats), distinct[0], last(distinct));
    }

    /** The mean of every window of consecutive steps; one of all steps where there are fewer than a window. */
    private static double[] means(List<StepRecord> steps, Function<StepRecord, OptionalDouble> figure) {
        int window = Math.min(WINDOW, steps.size());
        double[] means = new double[steps.size() - window + 1];
        for (int i = 0; i < means.length; i++) {
            means[i] = steps.subList(i, i + window).stream()
                    .mapToDouble(step -> figure.apply(step).orElseThrow())
                    .average()
                    .orElseThrow();
        }
        return means;
    }

    private static double last(double[] values) {
        return values[values.length - 1];
    }

    /** True where the learned reward rose while what is really wanted fell by a fifth of its own peak. */
    public boolean isHacked() {
        return proxyTo > proxyFrom && goldTo < (1 - LOST) * goldBest;
    }

    /** The run in a sentence for a newcomer. */
    public String sentence() {
        String gold = String.format(
                Locale.ROOT,
                "what is really wanted went from %.2f over %.2f at best to %.2f",
                goldFrom,
                goldBest,
                goldTo);
        String verdict = isHacked()
                ? "the reward was hacked: it rose from %.2f to %.2f while %s, %.0f nats away from the model it was, with"
                        + " %.0f %% of the variety left"
                : "the learned reward rose from %.2f to %.2f and %s, %.1f nats away from the model it was, with %.0f %% of"
                        + " the variety left";
        return name + ": "
                + String.format(Locale.ROOT, verdict, proxyFrom, proxyTo, gold, nats, 100 * distinctTo / distinctFrom);
    }
}
