package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;
import static dev.tether.run.chart.Numbers.signedPercent;

import dev.tether.core.control.KlTarget;
import dev.tether.core.kl.KlUnit;
import dev.tether.run.journal.ControllerFigures;
import dev.tether.run.journal.RunEnd;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.RunSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What became of a run.
 *
 * @param mark a word or two
 * @param state whether that is good
 * @param sentences for a newcomer, each with its numbers
 */
record Verdict(String mark, Watch.State state, List<String> sentences) {

    static Verdict of(RecordedRun run) {
        if (run.steps().isEmpty()) {
            return new Verdict("no steps", Watch.State.UNKNOWN, List.of("No step was taken yet."));
        }
        List<String> sentences = new ArrayList<>();
        sentences.add(progress(run));
        Verdict belt = belt(run);
        sentences.addAll(belt.sentences());
        reward(run).ifPresent(sentences::add);
        return new Verdict(belt.mark(), belt.state(), sentences);
    }

    private static String progress(RecordedRun run) {
        StepRecord last = last(run);
        String wished = run.settings()
                .map(RunSettings::steps)
                .filter(steps -> steps > last.step())
                .map(steps -> " of " + steps)
                .orElse("");
        String taken = last.step() + wished + (last.step() == 1 ? " step was taken" : " steps were taken");
        Optional<RunEnd.Outcome> outcome = run.journal().end().map(RunEnd::outcome);
        if (outcome.isEmpty()) {
            return taken + "; the run has not come to its end.";
        }
        return outcome.get() == RunEnd.Outcome.COMPLETED
                ? taken + "; the run is complete."
                : taken + ", then training diverged: a figure stopped being finite.";
    }

    private static Verdict belt(RecordedRun run) {
        if (run.journal().end().map(RunEnd::outcome).equals(Optional.of(RunEnd.Outcome.DIVERGED))) {
            return new Verdict("diverged", Watch.State.LOOK, List.of());
        }
        Optional<KlTarget> target = run.target();
        Course kl = Course.kl(run.steps(), target.map(KlTarget::unit).orElse(KlUnit.NATS_PER_SEQUENCE));
        if (kl.isEmpty()) {
            return new Verdict("KL unknown", Watch.State.UNKNOWN, List.of("KL to the reference was not measured."));
        }
        return target.map(t -> held(run, t, kl)).orElseGet(() -> withoutTarget(run, kl));
    }

    private static Verdict held(RecordedRun run, KlTarget target, Course kl) {
        int third = Watch.lastThird(kl);
        double off = Watch.offTarget(run, target);
        String numbers = "over the last " + steps(third) + " KL was " + rough(kl.meanOfLast(third)) + " "
                + target.unit().label() + ", the target " + rough(target.nats()) + " (" + signedPercent(off) + ").";
        String bound = boundSentence(last(run));
        if (Math.abs(off) <= Watch.NEAR_TARGET) {
            return new Verdict("belt held", Watch.State.GOOD, sentences("The belt held: " + numbers, bound));
        }
        return off > 0
                ? new Verdict("above target", Watch.State.LOOK, sentences("KL is above its target: " + numbers, bound))
                : new Verdict("below target", Watch.State.LOOK, sentences("KL is below its target: " + numbers, bound));
    }

    private static Verdict withoutTarget(RecordedRun run, Course kl) {
        int third = Watch.lastThird(kl);
        String numbers = "over the last " + steps(third) + " KL was " + rough(kl.meanOfLast(third)) + " nats/sequence.";
        if (last(run).klCoef().isEmpty()) {
            return new Verdict(
                    "no β", Watch.State.UNKNOWN, List.of("No β is recorded, and no target of KL: " + numbers));
        }
        double beta = last(run).klCoef().getAsDouble();
        if (beta == 0) {
            return new Verdict("no belt", Watch.State.LOOK, List.of("There is no belt, β is 0: " + numbers));
        }
        return new Verdict(
                "fixed β",
                Watch.State.UNKNOWN,
                List.of("β is fixed at " + rough(beta) + " and aims at no KL: " + numbers));
    }

    private static Optional<String> reward(RecordedRun run) {
        Course score = Course.score(run.steps());
        if (score.length() < 2) {
            return Optional.empty();
        }
        int edge = score.edge();
        String sentence = "The mean score went from " + rough(score.meanOfFirst(edge)) + " (first " + steps(edge)
                + ") to " + rough(score.meanOfLast(edge)) + " (last " + steps(edge) + ")";
        Course rlhf = Course.of(run.steps(), StepRecord::rlhfReward);
        if (rlhf.length() < 2) {
            return Optional.of(sentence + ".");
        }
        return Optional.of(sentence + "; after paying for KL, the rlhf reward went from "
                + rough(rlhf.meanOfFirst(rlhf.edge())) + " to " + rough(rlhf.meanOfLast(rlhf.edge())) + ".");
    }

    private static String boundSentence(StepRecord last) {
        return switch (last.controller().flatMap(ControllerFigures::reason).orElse("")) {
            case "at_ceiling" -> "β is at its ceiling: the controller can pull no harder.";
            case "at_floor" -> "β is at its floor: the controller can give no more slack.";
            default -> "";
        };
    }

    private static List<String> sentences(String first, String second) {
        return second.isEmpty() ? List.of(first) : List.of(first, second);
    }

    private static String steps(int count) {
        return count == 1 ? "step" : count + " steps";
    }

    private static StepRecord last(RecordedRun run) {
        return run.steps().get(run.steps().size() - 1);
    }
}
