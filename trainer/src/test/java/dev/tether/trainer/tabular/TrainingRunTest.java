package dev.tether.trainer.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.SampleReader;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.SessionEvent;
import dev.tether.run.journal.SessionLog;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.TextFigures;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.RunClocks;
import dev.tether.trainer.loop.RunIdentity;
import dev.tether.trainer.loop.RunListener;
import dev.tether.trainer.loop.RunOutcome;
import dev.tether.trainer.loop.StepResult;
import dev.tether.trainer.loop.TrainingParts;
import dev.tether.trainer.loop.TrainingRun;
import dev.tether.trainer.parallel.PeerException;
import dev.tether.trainer.reward.RewardModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingRunTest {
    /** A clock that stands still gives every step the same times, so journals can be compared byte for byte. */
    private static final RunClocks CLOCKS = new RunClocks(new SteppingClock(), () -> Instant.EPOCH);

    private static final RunIdentity IDENTITY = new RunIdentity("sha256:policy", "sha256:ref", "test", Map.of());
    private static final RunSettings SETTINGS = RunSettings.defaults()
            .with("steps=20", "prompts.batch_size=16", "checkpoints.every_steps=5", "optimizer.learning_rate=2")
            .with("belt.horizon_episodes=100", "belt.target=0.2", "generation.max_new_tokens=3");

    @TempDir
    Path temp;

    @Test
    void anInterruptedAndResumedRunIsTheUninterruptedOne() throws IOException {
        Path whole = uninterrupted();
        RunDirectory parted = RunDirectory.create(temp.resolve("parted"));
        int[] steps = {0};
        RunOutcome first = begin(parted, policy()).execute(() -> ++steps[0] == 7);
        assertThat(first.kind()).isEqualTo(RunOutcome.Kind.INTERRUPTED);
        assertThat(first.steps()).isEqualTo(7);

        RunOutcome second = resume(parted, policy()).execute(() -> false);

        assertThat(second.kind()).isEqualTo(RunOutcome.Kind.COMPLETED);
        assertSameRun(parted.root(), whole);
    }

    @Test
    void aRunKilledBetweenCheckpointsGoesOnFromTheLastOneAndIsTheUninterruptedRun() throws IOException {
        Path whole = uninterrupted();
        RunDirectory killed = RunDirectory.create(temp.resolve("killed"));
        assertThatThrownBy(() -> begin(killed, policy()).execute(() -> false, dieAfter(13)))
                .isInstanceOf(Killed.class);
        Files.writeString(killed.journal(), "{\"type\":\"st", java.nio.file.StandardOpenOption.APPEND);

        resume(killed, policy()).execute(() -> false);

        assertSameRun(killed.root(), whole);
        assertThat(SessionLog.readAll(killed.sessions()))
                .filteredOn(SessionEvent.Started.class::isInstance)
                .hasSize(2);
    }

    @Test
    void everyStepSaysWhatTheReferenceThinksOfItsSamplesAndHowVariedTheyAre() {
        uninterrupted();
        RunDirectory run = RunDirectory.open(temp.resolve("whole"));
        List<StepRecord> steps = JournalReader.readAll(run.journal()).steps();
        List<SampleRecord> samples = new ArrayList<>();
        try (SampleReader reader = SampleReader.open(run.samples())) {
            for (var row = reader.next(); row.isPresent(); row = reader.next()) {
                samples.add(row.get());
            }
        }

        assertThat(steps).hasSize(20).allSatisfy(step -> {
            List<SampleRecord> own =
                    samples.stream().filter(s -> s.step() == step.step()).toList();
            double nll = own.stream()
                    .flatMapToDouble(s -> Arrays.stream(s.refLogprobs()))
                    .map(logprob -> -logprob)
                    .average()
                    .orElseThrow();
            assertThat(step.referenceNll().orElseThrow()).isCloseTo(nll, within(1e-12));
            assertThat(step.text())
                    .contains(TextFigures.of(
                            own.stream().map(SampleRecord::responseIds).toList(),
                            own.stream().map(SampleRecord::response).toList()));
        });
    }

    @Test
    void onlyTheNewestCheckpointsAreKept() throws IOException {
        Path whole = uninterrupted();
        try (var entries = Files.list(whole.resolve("checkpoints"))) {
            assertThat(entries.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("step-000015", "step-000020");
        }
    }

    @Test
    void resumingUnderOtherSettingsIsRefused() {
        RunDirectory run = RunDirectory.create(temp.resolve("run"));
        begin(run, policy()).execute(() -> true);
        assertThatThrownBy(() -> TrainingRun.resume(
                        run, TabularWorld.parts(policy()), SETTINGS.with("seed=18"), IDENTITY, CLOCKS))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("other settings");
    }

    @Test
    void resumingAgainstAnotherReferenceIsRefusedByName() {
        RunDirectory run = RunDirectory.create(temp.resolve("run"));
        begin(run, policy()).execute(() -> true);
        RunIdentity other = new RunIdentity("sha256:policy", "sha256:other", "test", Map.of());
        assertThatThrownBy(() -> TrainingRun.resume(run, TabularWorld.parts(policy()), SETTINGS, other, CLOCKS))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("the reference is another one")
                .hasMessageContaining("sha256:ref, now it is sha256:other");
    }

    @Test
    void aResumedRunHasTheSameControllerAndFingerprintsToTheLastBit() throws IOException {
        Path whole = uninterrupted();
        RunDirectory parted = RunDirectory.create(temp.resolve("parted"));
        int[] steps = {0};
        begin(parted, policy()).execute(() -> ++steps[0] == 12);
        resume(parted, policy()).execute(() -> false);
        String state = "checkpoints/step-000020/trainer.json";
        assertThat(parted.root().resolve(state)).hasSameBinaryContentAs(whole.resolve(state));
        assertThat(Files.readString(whole.resolve(state))).contains("error_level", "kl_coef", "sha256:ref");
    }

    @Test
    void aRunThatDivergesSaysWhereAndKeepsItsLastCheckpoint() throws IOException {
        RunDirectory run = RunDirectory.create(temp.resolve("run"));
        TabularPolicy policy = policy();
        RunListener poison = new RunListener() {
            @Override
            public void stepped(StepResult result) {
                if (result.record().step() == 8) {
                    policy.logits[0][1] = Double.NaN;
                }
            }
        };
        RunOutcome outcome = begin(run, policy).execute(() -> false, poison);

        assertThat(outcome.kind()).isEqualTo(RunOutcome.Kind.DIVERGED);
        assertThat(outcome.divergence().orElseThrow()).hasMessageContaining("diverged at step 9");
        assertThat(outcome.checkpoint().orElseThrow()).isEqualTo(run.checkpoint(5));
        assertThat(Files.readString(run.journal())).endsWith("\"outcome\":\"diverged\"}\n");
    }

    @Test
    void aRewardThatGivesNaNIsNamedBeforeAnythingIsTrainedOnIt() throws IOException {
        RunDirectory run = RunDirectory.create(temp.resolve("run"));
        RewardModel broken = TabularWorld.scoring(response -> response.length == 2 ? Double.NaN : 1);
        TabularPolicy policy = policy();
        TrainingRun training = TrainingRun.begin(run, TabularWorld.parts(policy, broken), SETTINGS, IDENTITY, CLOCKS);
        assertThatThrownBy(() -> training.execute(() -> false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("NaN")
                .hasMessageContaining("sample ");
        assertThat(Files.readString(run.journal())).doesNotContain("\"type\":\"step\"");
        assertThat(policy.logits).isDeepEqualTo(TabularWorld.REFERENCE);
    }

    @Test
    void whatTheUsersRewardThrowsIsBadInput() {
        assertThatThrownBy(() -> scoredBy(response -> {
                    throw new IllegalStateException("no more memory");
                }))
                .isInstanceOf(InputException.class)
                .hasMessage("the reward failed at step 1: java.lang.IllegalStateException: no more memory");
    }

    @Test
    void aProcessLostWhileScoringIsNoFaultOfTheReward() {
        PeerException lost = new PeerException("rank 1 is gone");
        assertThatThrownBy(() -> scoredBy(response -> {
                    throw lost;
                }))
                .isSameAs(lost);
    }

    private void scoredBy(ToDoubleFunction<int[]> reward) {
        TrainingParts parts = TabularWorld.parts(policy(), TabularWorld.scoring(reward));
        TrainingRun.begin(RunDirectory.create(temp.resolve("run")), parts, SETTINGS, IDENTITY, CLOCKS)
                .execute(() -> false);
    }

    private Path uninterrupted() {
        RunDirectory directory = RunDirectory.create(temp.resolve("whole"));
        begin(directory, policy()).execute(() -> false);
        return directory.root();
    }

    private static TabularPolicy policy() {
        return new TabularPolicy(TabularWorld.TREE, TabularWorld.REFERENCE);
    }

    private static TrainingRun begin(RunDirectory directory, TabularPolicy policy) {
        return TrainingRun.begin(directory, TabularWorld.parts(policy), SETTINGS, IDENTITY, CLOCKS);
    }

    private static TrainingRun resume(RunDirectory directory, TabularPolicy policy) {
        return TrainingRun.resume(directory, TabularWorld.parts(policy), SETTINGS, IDENTITY, CLOCKS);
    }

    private static void assertSameRun(Path actual, Path expected) throws IOException {
        for (String file : new String[] {"journal.jsonl", "samples.jsonl", "model/table.bin"}) {
            assertThat(actual.resolve(file)).as(file).hasSameBinaryContentAs(expected.resolve(file));
        }
    }

    private static RunListener dieAfter(int step) {
        return new RunListener() {
            @Override
            public void stepped(StepResult result) {
                if (result.record().step() == step) {
                    throw new Killed();
                }
            }
        };
    }

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }
}
