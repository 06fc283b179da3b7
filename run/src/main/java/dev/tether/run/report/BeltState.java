package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;

import dev.tether.run.journal.BeltFigures;
import dev.tether.run.journal.ExactKl;
import dev.tether.run.journal.KlEstimateFigures;
import dev.tether.run.journal.KlReading;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.SelfTestResult;
import dev.tether.run.journal.StepRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * Whether the belt held on to anything, and every KL of the last step side by side.
 *
 * @param verdict in one word, such as {@code attached}
 * @param sentences on verdict, force and self test
 * @param step that the figures are of; 0 where there are none
 * @param rows KL(policy ‖ reference), and its reverse, by every measure that was taken
 */
record BeltState(Optional<String> verdict, List<String> sentences, long step, List<Row> rows) {

    /**
     * One measure.
     *
     * @param name of it
     * @param remark what to know of it
     * @param reading its figures
     * @param steers true = the controller steers by it
     */
    record Row(String name, String remark, KlReading reading, boolean steers) {}

    static BeltState of(RecordedRun run) {
        List<String> sentences = new ArrayList<>();
        Optional<StepRecord> judged = lastWith(run, step -> step.belt().isPresent());
        Optional<StepRecord> pulled = lastWith(
                run,
                step -> step.belt()
                        .map(BeltFigures::force)
                        .orElse(OptionalDouble.empty())
                        .isPresent());
        Optional<String> verdict = judged.flatMap(StepRecord::belt).flatMap(BeltFigures::verdict);
        judged.flatMap(StepRecord::belt).ifPresent(belt -> sentences.add(verdictSentence(belt, pulled.isPresent())));
        pulled.ifPresent(step -> sentences.add(forceSentence(step)));
        run.journal().selfTest().filter(SelfTestResult::passed).ifPresent(t -> sentences.add(testSentence(t)));
        Optional<StepRecord> measured = lastWith(
                run,
                step -> step.referenceKlEstimates().isPresent()
                        || step.exactKl().isPresent());
        return new BeltState(
                verdict,
                sentences,
                measured.map(StepRecord::step).orElse(0L),
                measured.map(BeltState::rows).orElse(List.of()));
    }

    private static String verdictSentence(BeltFigures belt, boolean measured) {
        return "The belt is " + belt.verdict().orElse("not judged") + ": the penalty acts as "
                + belt.placement().name().toLowerCase(Locale.ROOT)
                + (measured ? "." : "; judged by the settings, its force was not measured.");
    }

    private static String forceSentence(StepRecord step) {
        BeltFigures belt = step.belt().orElseThrow();
        String error =
                belt.seForce().isPresent() ? " ± " + rough(2 * belt.seForce().getAsDouble()) : "";
        String share = belt.rewardForceShare().isPresent()
                ? "; " + Math.round(100 * belt.rewardForceShare().getAsDouble())
                        + " % of the pull on the policy is the belt's"
                : "";
        return "Its force was " + rough(belt.force().getAsDouble()) + error + " at step " + step.step()
                + " (1 = pulls as the KL does, 0 = not attached, below = reversed)" + share + ".";
    }

    private static String testSentence(SelfTestResult test) {
        if (test.maxDisagreementNats().orElse(0) > test.toleranceNats()) {
            return "The self test before the first update passed; the policy did not begin as the reference, their logprobs"
                    + " differed by up to " + rough(test.maxDisagreementNats().getAsDouble()) + " nats.";
        }
        String size = test.maxDisagreementNats().isPresent()
                ? ": logprobs disagreed by " + rough(test.maxDisagreementNats().getAsDouble()) + " nats at most, "
                        + rough(test.toleranceNats()) + " are allowed"
                : "";
        return "The self test before the first update passed" + size + ".";
    }

    private static List<Row> rows(StepRecord step) {
        Optional<String> steering =
                step.referenceKl().map(ReferenceKl::estimator).map(m -> m.name());
        List<Row> rows = new ArrayList<>();
        step.exactKl().ifPresent(exact -> {
            rows.add(new Row(
                    "exact",
                    "over the vocabulary at each sampled prefix",
                    forward(exact),
                    steering.equals(Optional.of("RAO_BLACKWELL"))));
        });
        step.referenceKlEstimates().ifPresent(estimates -> rows.addAll(rows(estimates, steering.orElse(""))));
        step.exactKl()
                .filter(exact -> exact.reverseNatsPerToken().isPresent())
                .ifPresent(exact -> rows.add(new Row(
                        "exact, reversed", "KL(reference ‖ policy) at the same prefixes", reverse(exact), false)));
        return rows;
    }

    private static List<Row> rows(KlEstimateFigures e, String steering) {
        return List.of(
                new Row("k1", "log-ratio; may be negative by chance", e.k1(), steering.equals("K1")),
                new Row("|k1|", "a measure of change, above any KL", e.absK1(), steering.equals("ABS_K1")),
                new Row("k2", "half the square; exact where the two are near", e.k2(), steering.equals("K2")),
                new Row("k3", "never negative; a heavy tail", e.k3(), steering.equals("K3")));
    }

    private static KlReading forward(ExactKl exact) {
        return new KlReading(
                exact.natsPerToken(), exact.natsPerSequence(), exact.seNatsPerToken(), exact.seNatsPerSequence());
    }

    private static KlReading reverse(ExactKl exact) {
        OptionalDouble unknown = OptionalDouble.empty();
        return new KlReading(exact.reverseNatsPerToken(), unknown, unknown, unknown);
    }

    private static Optional<StepRecord> lastWith(RecordedRun run, Predicate<StepRecord> known) {
        return run.steps().stream().filter(known).reduce((before, later) -> later);
    }

    boolean isEmpty() {
        return sentences.isEmpty() && rows.isEmpty();
    }
}
