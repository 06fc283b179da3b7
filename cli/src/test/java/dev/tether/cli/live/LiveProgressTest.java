package dev.tether.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.kl.KlEstimator;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.Timing;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.selftest.SelfTest;
import dev.tether.trainer.selftest.SelfTestReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class LiveProgressTest {
    private final StringWriter out = new StringWriter();

    @Test
    void throughAPipeEveryStepIsOnePlainLine() {
        LiveProgress progress = progress(LiveProgress.Screen.PIPE, RunSettings.defaults());
        progress.started(0, 60);
        progress.stepped(step(1, 2.0));
        progress.stepped(step(2, 4.0));
        progress.close();
        assertThat(lines())
                .containsExactly(
                        "       step      score  KL nats/sequence    target     beta  tokens/s     left",
                        "       1/60     0.2500       5.91 ± 0.22      6.00   0.1000       768     1:58",
                        "       2/60     0.2500       5.91 ± 0.22      6.00   0.1000       768     2:54");
    }

    @Test
    void whatIsFoundBeforeTheFirstStepStandsAboveTheTable() {
        LiveProgress progress = progress(LiveProgress.Screen.PIPE, RunSettings.defaults());
        progress.started(0, 60);
        progress.selfTested(new SelfTestReport(SelfTest.Expectation.SAME_WEIGHTS, 0, 1e-4, List.of()));
        progress.stepped(step(1, 2.0));
        progress.stepped(step(2, 2.0));
        assertThat(lines()[0]).startsWith("self test passed: policy and reference agree");
        assertThat(lines()[1]).contains("step", "score");
        assertThat(lines()).hasSize(4);
    }

    @Test
    void onATerminalABarStandsBelowAndIsRemovedAtTheEnd() {
        LiveProgress progress = progress(LiveProgress.Screen.TERMINAL, RunSettings.defaults());
        progress.started(0, 2);
        progress.stepped(step(1, 2.0));
        assertThat(out.toString())
                .endsWith("[====================                    ] step 2 of 2, 0:02 left"
                        + "   Ctrl-C stops and saves");
        progress.stepped(step(2, 2.0));
        progress.close();
        assertThat(out.toString()).endsWith("0:00" + System.lineSeparator() + "\r\u001b[K");
    }

    @Test
    void theTargetsUnitIsTheUnitShownAndAFixedBeltHasNoTarget() {
        RunSettings settings = RunSettings.defaults().with("belt.unit=token", "belt.controller=fixed");
        LiveProgress progress = progress(LiveProgress.Screen.PIPE, settings);
        progress.started(0, 1);
        progress.stepped(step(1, 1.0));
        assertThat(lines()[0]).contains("KL nats/token").doesNotContain("target");
        assertThat(lines()[1]).contains("0.1200 ± 0.0100");
    }

    @Test
    void anUnknownErrorIsLeftOut() {
        LiveProgress progress = progress(LiveProgress.Screen.PIPE, RunSettings.defaults());
        ReferenceKl kl = new ReferenceKl(
                OptionalDouble.of(0.1),
                OptionalDouble.of(2),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                KlEstimator.K1);
        progress.started(0, 1);
        progress.stepped(StepRecord.builder(1).referenceKl(kl).build());
        assertThat(lines()[1].split("\\s+")).containsExactly("", "1/1", "-", "2.00", "6.00", "-", "-", "0:00");
    }

    @Test
    void longTimesHaveHours() {
        assertThat(ProgressTable.duration(3599.6)).isEqualTo("1:00:00");
        assertThat(ProgressTable.duration(65)).isEqualTo("1:05");
    }

    private LiveProgress progress(LiveProgress.Screen screen, RunSettings settings) {
        return new LiveProgress(new PrintWriter(out), screen, settings);
    }

    private String[] lines() {
        return out.toString().split(System.lineSeparator());
    }

    private static StepRecord step(int number, double seconds) {
        ReferenceKl kl = new ReferenceKl(
                OptionalDouble.of(0.12),
                OptionalDouble.of(5.91),
                OptionalDouble.of(0.01),
                OptionalDouble.of(0.22),
                OptionalDouble.of(3),
                KlEstimator.K1);
        OptionalDouble unknown = OptionalDouble.empty();
        return StepRecord.builder(number)
                .score(Distribution.of(new double[] {0, 0.5}))
                .referenceKl(kl)
                .klCoef(0.1)
                .tokensPerSecond(768)
                .timing(new Timing(Instant.EPOCH, OptionalDouble.of(seconds), unknown, unknown, unknown, unknown))
                .build();
    }
}
