package dev.tether.run.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.control.KlTarget;
import dev.tether.core.control.MoveReason;
import dev.tether.core.kl.KlUnit;
import dev.tether.run.journal.ControllerFigures;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.Journal;
import dev.tether.run.journal.Rows;
import dev.tether.run.journal.RunEnd;
import dev.tether.run.journal.RunEvent;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.StepRecordBuilder;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WatchTest {
    private static final int STEPS = 24;
    private static final double LENGTH = 40;

    @Test
    void meanKlIsGoodInItsRangeOrNearItsTarget() {
        assertThat(meanKl(free(step -> 2)).state()).isEqualTo(Watch.State.GOOD);
        assertThat(meanKl(free(step -> 8)).remark()).startsWith("above its range");
        assertThat(meanKl(free(step -> 0.1)).remark()).startsWith("below its range");
        assertThat(meanKl(free(step -> -1)).remark()).startsWith("negative");
        assertThat(meanKl(aimed(step -> 8, 8)).remark()).isEqualTo("near its target");
        assertThat(meanKl(aimed(step -> 8, 6)).state()).isEqualTo(Watch.State.LOOK);
    }

    @Test
    void aSpikeOfMaxKlIsNamedWithItsStep() {
        assertThat(watch(free(step -> step == 17 ? 20 : 2), 1))
                .satisfies(watch -> assertThat(watch.state()).isEqualTo(Watch.State.LOOK))
                .satisfies(watch -> assertThat(watch.value()).isEqualTo("20 nats at step 17"))
                .satisfies(watch -> assertThat(watch.remark()).isEqualTo("a spike: 10 times its median"));
        assertThat(watch(free(step -> step == 17 ? 7 : 2), 1).remark()).isEqualTo("no spikes");
        assertThat(watch(free(step -> 12), 1).remark()).startsWith("high");
    }

    @Test
    void klOverTimeTellsSettledFromGrowingAndFalling() {
        assertThat(watch(free(step -> 6 * (1 - Math.exp(-step / 3.0))), 2).remark())
                .startsWith("settled");
        assertThat(watch(free(step -> 0.5 * step), 2).remark()).startsWith("still growing: 7.75 to 10.8");
        assertThat(watch(free(step -> 20 - 0.7 * step), 2).remark()).startsWith("falling");
    }

    @Test
    void meanRewardNeedsARiseBeyondItsNoise() {
        assertThat(watch(scored(step -> 0.05 * step, step -> 0.04 * step), 3).remark())
                .isEqualTo("rose");
        assertThat(watch(scored(step -> 0.001 * step, step -> 0), 3).remark()).isEqualTo("no change beyond its noise");
        assertThat(watch(scored(step -> -0.05 * step, step -> 0), 3).remark()).isEqualTo("fell");
        assertThat(watch(scored(step -> 0.05 * step, step -> -0.05 * step), 3).remark())
                .isEqualTo("rose, but the rlhf reward fell: KL costs more than the score gains");
    }

    @Test
    void theVerdictSaysWhetherTheBeltHeld() {
        assertThat(Verdict.of(aimed(step -> 6.6, 6)).mark()).isEqualTo("belt held");
        assertThat(Verdict.of(aimed(step -> 6.6, 6)).sentences())
                .contains("The belt held: over the last 8 steps KL was 6.6 nats/sequence, the target 6 (+10 %).");
        assertThat(Verdict.of(aimed(step -> 8, 6)).mark()).isEqualTo("above target");
        assertThat(Verdict.of(aimed(step -> 4, 6)).mark()).isEqualTo("below target");
        assertThat(Verdict.of(free(step -> 4)).mark()).isEqualTo("fixed β");
    }

    @Test
    void theVerdictTellsACompleteRunFromOneThatWasStoppedOrDiverged() {
        List<StepRecord> steps = free(step -> 2).steps();

        assertThat(Verdict.of(run(steps)).sentences())
                .contains("24 steps were taken; the run has not come to its end.");
        assertThat(Verdict.of(run(steps, new RunEnd(24, RunEnd.Outcome.COMPLETED)))
                        .sentences())
                .contains("24 steps were taken; the run is complete.");
        assertThat(Verdict.of(run(steps, new RunEnd(24, RunEnd.Outcome.DIVERGED)))
                        .mark())
                .isEqualTo("diverged");
    }

    @Test
    void aControllerAtItsCeilingIsSaid() {
        List<StepRecord> steps = List.of(aimed(step(24, 12, 1, 1), 6, MoveReason.Kind.AT_CEILING));

        assertThat(Verdict.of(run(steps)).sentences())
                .contains("β is at its ceiling: the controller can pull no harder.");
    }

    private static Watch meanKl(RecordedRun run) {
        return watch(run, 0);
    }

    private static Watch watch(RecordedRun run, int index) {
        return Watch.of(run).get(index);
    }

    private static RecordedRun free(IntToDoubleFunction kl) {
        return run(IntStream.rangeClosed(1, STEPS)
                .mapToObj(i -> step(i, kl.applyAsDouble(i), 0.1, 0.1).build())
                .toList());
    }

    private static RecordedRun scored(IntToDoubleFunction score, IntToDoubleFunction rlhf) {
        return run(IntStream.rangeClosed(1, STEPS)
                .mapToObj(i -> step(i, 2, score.applyAsDouble(i), rlhf.applyAsDouble(i))
                        .build())
                .toList());
    }

    private static RecordedRun aimed(IntToDoubleFunction kl, double target) {
        return run(IntStream.rangeClosed(1, STEPS)
                .mapToObj(i -> aimed(step(i, kl.applyAsDouble(i), 0.1, 0.1), target, MoveReason.Kind.HELD))
                .toList());
    }

    private static StepRecord aimed(StepRecordBuilder step, double target, MoveReason.Kind reason) {
        return step.controller(ControllerFigures.of(
                        "ziegler", new KlTarget(target, KlUnit.NATS_PER_SEQUENCE), new MoveReason(reason, "because")))
                .build();
    }

    private static StepRecordBuilder step(int step, double kl, double score, double rlhf) {
        return StepRecord.builder(step)
                .score(new Distribution(score, 0.4, score - 1, score + 1))
                .rlhfReward(rlhf)
                .klCoef(0.1)
                .episodes(32L * step)
                .referenceKl(Rows.kl(kl / LENGTH, kl, 0.001, 0.04, Math.abs(kl)));
    }

    private static RecordedRun run(List<StepRecord> steps, RunEvent... more) {
        List<RunEvent> events = Stream.concat(steps.stream(), Stream.of(more)).toList();
        return new RecordedRun(
                "a", Optional.empty(), new Journal(events, Optional.empty()), List.of(), Optional.empty());
    }
}
