package dev.tether.run.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
        assertThat(story.proxyFrom()).isCloseTo(5.5, within(1e-12));
        assertThat(story.proxyTo()).isCloseTo(35.5, within(1e-12));
        assertThat(story.sentence())
                .startsWith("free: the reward was hacked: it rose from 5.50 to 35.50")
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
