package dev.tether.run.monitor;

import dev.tether.core.frontier.OveroptimizationDesk;
import dev.tether.core.monitor.Figure;
import dev.tether.core.monitor.ObservedStep;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.StepRecord;
import java.util.List;
import java.util.Optional;

/**
 * What is to be said of a run that lies there whole.
 *
 * @param steps that it has
 * @param findings of the monitor, in the order of the steps
 * @param overoptimization where it stands on its curve of gold score against √KL; empty where it tells no gold score
 */
public record RunCheck(int steps, List<Finding> findings, Optional<OveroptimizationDesk> overoptimization) {
    public RunCheck {
        findings = List.copyOf(findings);
    }

    /** Of the steps of a journal. */
    public static RunCheck of(List<StepRecord> steps) {
        return ofObserved(steps.stream().map(StepReading::of).toList());
    }

    /** Of the steps of another trainer's run. */
    public static RunCheck ofObserved(List<ObservedStep> steps) {
        return new RunCheck(steps.size(), Monitor.findings(steps), desk(steps));
    }

    private static Optional<OveroptimizationDesk> desk(List<ObservedStep> steps) {
        List<ObservedStep> judged = steps.stream()
                .filter(step -> step.knows(Figure.GOLD_SCORE) && step.knows(Figure.KL_PER_SEQUENCE))
                .toList();
        return judged.isEmpty()
                ? Optional.empty()
                : Optional.of(OveroptimizationDesk.of(
                        figures(judged, Figure.KL_PER_SEQUENCE), figures(judged, Figure.GOLD_SCORE)));
    }

    private static double[] figures(List<ObservedStep> steps, Figure figure) {
        return steps.stream().mapToDouble(step -> step.at(figure)).toArray();
    }
}
