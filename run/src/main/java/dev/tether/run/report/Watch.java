package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;

import dev.tether.core.control.KlTarget;
import dev.tether.core.kl.KlUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One of the metrics to watch, with its healthy range and where the run stands.
 *
 * @param name mean KL, max KL, KL over time or mean reward
 * @param value where the run stands
 * @param healthy what a healthy run shows
 * @param state whether the run shows it
 * @param remark the state in words
 */
record Watch(String name, String value, String healthy, State state, String remark) {
    static final double HEALTHY_LOW = 0.01;
    static final double HEALTHY_HIGH = 0.1;
    static final double NEAR_TARGET = 0.25;

    /** What is watched, in the order of docs/metrics.md. */
    static final List<String> NAMES = List.of("mean KL", "max KL", "KL over time", "mean reward");

    private static final double SPIKE = 4;
    private static final double HIGHEST_TOKEN = 10;
    private static final int FEWEST_FOR_TREND = 8;

    /** Whether a run shows what a healthy one would. */
    enum State {
        GOOD,
        LOOK,
        UNKNOWN
    }

    /** The four, in the order of docs/metrics.md; only those that were measured. */
    static List<Watch> of(RecordedRun run) {
        List<Watch> watches = new ArrayList<>();
        Course perToken = Course.kl(run.steps(), KlUnit.NATS_PER_TOKEN);
        if (!perToken.isEmpty()) {
            watches.add(meanKl(perToken, run));
        }
        Course max = Course.maxKl(run.steps());
        if (!max.isEmpty()) {
            watches.add(maxKl(max));
        }
        Course perSequence = Course.kl(run.steps(), KlUnit.NATS_PER_SEQUENCE);
        if (!perSequence.isEmpty()) {
            watches.add(klOverTime(perSequence));
        }
        Course score = Course.score(run.steps());
        if (!score.isEmpty()) {
            watches.add(meanReward(score, run));
        }
        return watches;
    }

    private static Watch meanKl(Course kl, RecordedRun run) {
        int third = lastThird(kl);
        double nats = kl.meanOfLast(third);
        String value = rough(nats) + " nats/token";
        Optional<KlTarget> target = run.target();
        String healthy = rough(HEALTHY_LOW) + " to " + rough(HEALTHY_HIGH) + " nats/token"
                + target.map(t -> ", or near the target, " + rough(t.nats()) + " "
                                + t.unit().label())
                        .orElse("");
        if (target.isPresent() && Math.abs(offTarget(run, target.get())) <= NEAR_TARGET) {
            return new Watch("mean KL", value, healthy, State.GOOD, "near its target");
        }
        if (nats >= HEALTHY_LOW && nats <= HEALTHY_HIGH) {
            return new Watch("mean KL", value, healthy, State.GOOD, "in its range");
        }
        String remark = nats > HEALTHY_HIGH
                ? "above its range: the policy leaves what the reference knows"
                : nats < 0 ? "negative: compare with its error band" : "below its range: little was learned yet";
        return new Watch("mean KL", value, healthy, State.LOOK, remark);
    }

    private static Watch maxKl(Course max) {
        int at = 0;
        for (int i = 1; i < max.length(); i++) {
            at = max.values()[i] > max.values()[at] ? i : at;
        }
        double median = max.median();
        double highest = max.values()[at];
        String value = rough(highest) + " nats at step " + rough(max.steps()[at]);
        String healthy = "no spikes: within " + rough(SPIKE) + " times its median, " + rough(median) + " nats; below "
                + rough(HIGHEST_TOKEN);
        if (max.length() >= FEWEST_FOR_TREND && highest > SPIKE * Math.max(median, HEALTHY_HIGH)) {
            String remark = "a spike: " + rough(highest / median) + " times its median";
            return new Watch("max KL", value, healthy, State.LOOK, remark);
        }
        return highest > HIGHEST_TOKEN
                ? new Watch("max KL", value, healthy, State.LOOK, "high: a token that the reference almost never says")
                : new Watch("max KL", value, healthy, State.GOOD, "no spikes");
    }

    private static Watch klOverTime(Course kl) {
        String healthy = "rises, then settles";
        int quarter = kl.length() / 4;
        String value = rough(kl.last()) + " nats/sequence";
        if (kl.length() < FEWEST_FOR_TREND) {
            return new Watch("KL over time", value, healthy, State.UNKNOWN, "too few steps to tell");
        }
        int end = kl.length();
        double before = kl.mean(end - 2 * quarter, end - quarter);
        double now = kl.mean(end - quarter, end);
        double noise = 2 * Math.hypot(kl.error(end - 2 * quarter, end - quarter), kl.error(end - quarter, end));
        double change = now - before;
        String numbers = rough(before) + " to " + rough(now) + " over the last two quarters";
        if (Math.abs(change) <= Math.max(NEAR_TARGET * Math.abs(before), noise)) {
            return new Watch("KL over time", value, healthy, State.GOOD, "settled: " + numbers);
        }
        return new Watch(
                "KL over time", value, healthy, State.LOOK, (change > 0 ? "still growing: " : "falling: ") + numbers);
    }

    private static Watch meanReward(Course score, RecordedRun run) {
        int edge = score.edge();
        double first = score.meanOfFirst(edge);
        double last = score.meanOfLast(edge);
        String value = rough(first) + " → " + rough(last);
        double noise = 2 * Math.hypot(score.error(0, edge), score.error(score.length() - edge, score.length()));
        String healthy = "rises, and the rlhf reward with it";
        if (score.length() < 2) {
            return new Watch("mean reward", value, healthy, State.UNKNOWN, "too few steps to tell");
        }
        if (Math.abs(last - first) <= noise) {
            return new Watch("mean reward", value, healthy, State.LOOK, "no change beyond its noise");
        }
        if (last < first) {
            return new Watch("mean reward", value, healthy, State.LOOK, "fell");
        }
        Course rlhf = Course.of(run.steps(), step -> step.rlhfReward());
        boolean tooDear = rlhf.length() > 1 && rlhf.meanOfLast(rlhf.edge()) < rlhf.meanOfFirst(rlhf.edge()) - noise;
        return tooDear
                ? new Watch(
                        "mean reward",
                        value,
                        healthy,
                        State.LOOK,
                        "rose, but the rlhf reward fell: KL costs more than the score gains")
                : new Watch("mean reward", value, healthy, State.GOOD, "rose");
    }

    /** How far KL of the last third is from the target, as a share of the target. */
    static double offTarget(RecordedRun run, KlTarget target) {
        Course kl = Course.kl(run.steps(), target.unit());
        return kl.isEmpty() ? Double.NaN : kl.meanOfLast(lastThird(kl)) / target.nats() - 1;
    }

    static int lastThird(Course course) {
        return Math.max(1, course.length() / 3);
    }
}
