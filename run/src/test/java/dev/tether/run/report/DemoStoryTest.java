package dev.tether.run.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.KlUnit;
import dev.tether.run.journal.ControllerFigures;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.Journal;
import dev.tether.run.journal.Rows;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.TextFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class DemoStoryTest {
    @Test
    void aRewardThatRisesWhileGoldFallsByAFifthIsHacked() {
        List<StepRecord> hacked = run(step -> step, step -> step <= 20 ? 0.8 : 0.6, step -> step <= 20 ? 0.5 : 0.2);
        DemoStory story = DemoStory.of("free", hacked);
        assertThat(story.isHacked()).isTrue();
        assertThat(story.goldBest()).isCloseTo(0.8, within(1e-12));
        assertThat(story.goldTo()).isCloseTo(0.6, within(1e-12));
        assertThat(story.proxyFrom()).isCloseTo(8, within(1e-12));
        assertThat(story.proxyTo()).isCloseTo(33, within(1e-12));
        assertThat(story.sentence())
                .startsWith("free: the reward was hacked: it rose from 8.00 to 33.00")
                .contains("from 0.80 over 0.80 at best to 0.60", "40 % of the variety left");
    }

    @Test
    void oneBadBatchIsNoHack() {
        List<StepRecord> held = run(step -> step, step -> step == 40 ? 0.1 : 0.8, step -> 0.5);
        DemoStory story = DemoStory.of("held", held);
        assertThat(story.isHacked()).isFalse();
        assertThat(story.sentence()).doesNotContain("hacked").contains("100 % of the variety left");
    }

    @Test
    void aFallingRewardIsNoHackEither() {
        assertThat(DemoStory.of("lost", run(step -> -step, step -> 1.0 / step, step -> 0.5))
                        .isHacked())
                .isFalse();
    }

    @Test
    void thePageTellsEveryRunAndNeedsNothingElse() {
        RecordedRun free = recorded("free", run(step -> step, step -> step <= 20 ? 0.8 : 0.1, step -> 0.5));
        RecordedRun held = recorded("held <b>", run(step -> step, step -> 0.8, step -> 0.5));
        String html = new DemoPage("What the belt does", List.of("One < two."), List.of(free, held)).html();
        assertThat(html)
                .contains("free: the reward was hacked", "held &lt;b&gt;: the learned reward", "One &lt; two.")
                .contains("Gold against √KL", "What was really wanted")
                .doesNotContain("<script", "src=", "href=", "held <b>");
    }

    @Test
    void thePageDrawsTheFitOfTheRunThatWentFurthestAndNamesItsPeak() {
        List<StepRecord> steps = new ArrayList<>();
        for (int step = 1; step <= 60; step++) {
            double nats = 0.02 * step * step;
            // turns at d = 0.3 / (2 · 0.05) = 3: 9 nats, gold 0.4 + 0.45
            double gold = Math.max(0, 0.4 + 0.3 * Math.sqrt(nats) - 0.05 * nats);
            TextFigures text = new TextFigures(OptionalDouble.empty(), OptionalDouble.of(0.5), OptionalDouble.empty());
            steps.add(StepRecord.builder(step)
                    .score(constant(step))
                    .goldScore(constant(gold))
                    .referenceKl(Rows.kl(nats / 48, nats, 0, 0, nats))
                    .klCoef(0)
                    .text(text)
                    .build());
        }
        RecordedRun held = recorded("held", run(step -> step, step -> 0.8, step -> 0.5));
        String html = new DemoPage("What the belt does", List.of(), List.of(held, recorded("free", steps))).html();
        assertThat(html)
                .contains("peaks at a KL of 9 nats (9 to 9)", "gold = R₀ + d(α − β d) with d = √KL", "explains 100 %")
                .contains("fit, no belt", "its peak, 9 nats");
        assertThat(new DemoPage("What the belt does", List.of(), List.of(held)).html())
                .contains("The data cannot tell whether the gold score has a peak")
                .doesNotContain("its peak");
    }

    @Test
    void aBudgetIsSaidToBeHeldOnlyWhereItIs() {
        // the steps below all have a KL of 4.8 nats per sequence
        assertThat(html(budgeted(4.5)))
                .contains("The belt held it at its budget: 4.5 nats were wanted, 4.8 is the mean");
        assertThat(html(budgeted(3))).contains("The belt did not hold it at its budget: 3 nats were wanted");
        assertThat(html(run(step -> step, step -> 0.8, step -> 0.5))).doesNotContain("budget:");
    }

    private static String html(List<StepRecord> steps) {
        return new DemoPage("What the belt does", List.of(), List.of(recorded("run", steps))).html();
    }

    private static List<StepRecord> budgeted(double target) {
        ControllerFigures controller = new ControllerFigures(
                "pi",
                OptionalDouble.of(target),
                Optional.of(KlUnit.NATS_PER_SEQUENCE),
                Optional.empty(),
                Optional.empty());
        List<StepRecord> steps = new ArrayList<>();
        for (int step = 1; step <= 40; step++) {
            steps.add(StepRecord.builder(step)
                    .score(constant(1))
                    .goldScore(constant(0.8))
                    .referenceKl(Rows.full(1).referenceKl().orElseThrow())
                    .klCoef(0.1)
                    .controller(controller)
                    .text(new TextFigures(OptionalDouble.empty(), OptionalDouble.of(0.5), OptionalDouble.empty()))
                    .build());
        }
        return steps;
    }

    private static RecordedRun recorded(String name, List<StepRecord> steps) {
        return new RecordedRun(
                name, Optional.empty(), new Journal(List.copyOf(steps), Optional.empty()), List.of(), Optional.empty());
    }

    private static List<StepRecord> run(
            IntToDoubleFunction score, IntToDoubleFunction gold, IntToDoubleFunction distinct) {
        List<StepRecord> steps = new ArrayList<>();
        for (int step = 1; step <= 40; step++) {
            OptionalDouble bigrams = OptionalDouble.of(distinct.applyAsDouble(step));
            steps.add(StepRecord.builder(step)
                    .score(constant(score.applyAsDouble(step)))
                    .goldScore(constant(gold.applyAsDouble(step)))
                    .referenceKl(Rows.full(1).referenceKl().orElseThrow())
                    .klCoef(0.1)
                    .text(new TextFigures(OptionalDouble.empty(), bigrams, OptionalDouble.empty()))
                    .build());
        }
        return steps;
    }

    private static Distribution constant(double value) {
        return new Distribution(value, 0, value, value);
    }
}
