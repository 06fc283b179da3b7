package dev.tether.cli.bench;

import java.util.List;

/**
 * How long to measure.
 *
 * @param warmUp first steps that are not looked at
 * @param untilQuiet end when so many quiet steps are in; 0 = only at the last step
 * @param maxSeconds end then, whatever is in; looked at only with {@code untilQuiet}
 */
record Patience(int warmUp, int untilQuiet, double maxSeconds) {
    /** Quiet steps below which all steps are looked at: their median would say less. */
    private static final int ENOUGH = 5;

    /** True when enough is measured. */
    boolean isOver(List<BenchStep> steps, double seconds) {
        return untilQuiet > 0 && steps.size() > warmUp && (quiet(steps).size() >= untilQuiet || seconds >= maxSeconds);
    }

    /** The quiet steps after the warm-up. */
    List<BenchStep> quiet(List<BenchStep> steps) {
        return warm(steps).stream().filter(BenchStep::isQuiet).toList();
    }

    /** The steps after the warm-up; where there are none, all. */
    List<BenchStep> warm(List<BenchStep> steps) {
        return steps.size() > warmUp ? steps.subList(warmUp, steps.size()) : steps;
    }

    /** The steps that figures are made of: the quiet ones where they are enough, else all after the warm-up. */
    List<BenchStep> measured(List<BenchStep> steps) {
        List<BenchStep> quiet = quiet(steps);
        return quiet.size() >= ENOUGH ? quiet : warm(steps);
    }
}
