package dev.tether.trainer.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.run.RunDirectory;
import dev.tether.run.journal.Journal;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.ReAnchored;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.ReAnchorSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.ReAnchoring;
import dev.tether.trainer.loop.RunClocks;
import dev.tether.trainer.loop.RunIdentity;
import dev.tether.trainer.loop.TrainingLoop;
import dev.tether.trainer.loop.TrainingParts;
import dev.tether.trainer.loop.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reference that follows the policy: by name only, journalled, and the whole drift stays measured. */
class ReAnchoringTest {
    private static final RunClocks CLOCKS = new RunClocks(new SteppingClock(), () -> Instant.EPOCH);
    private static final RunIdentity IDENTITY = new RunIdentity("sha256:policy", "sha256:ref", "test", Map.of());
    private static final RunSettings SETTINGS = RunSettings.defaults()
            .with("steps=12", "prompts.batch_size=64", "checkpoints.every_steps=5", "optimizer.learning_rate=2")
            .with("belt.controller=fixed", "belt.kl_coef=0.05", "generation.max_new_tokens=3")
            .with("belt.re_anchor.how=hard_sync", "belt.re_anchor.every_steps=4");

    @TempDir
    Path temp;

    @Test
    void afterAHardSyncKlStartsAnewAndTheWholeDriftDoesNot() {
        Journal journal = run("hard", SETTINGS);

        assertThat(journal.reAnchorings()).extracting(ReAnchored::step).containsExactly(4L, 8L, 12L);
        assertThat(journal.reAnchorings()).extracting(ReAnchored::fingerprint).doesNotHaveDuplicates();
        for (StepRecord step : journal.steps()) {
            double reference =
                    step.referenceKl().orElseThrow().natsPerSequence().orElseThrow();
            double anchor = drift(step);
            if (step.step() == 5 || step.step() == 9) {
                assertThat(reference).isZero();
                assertThat(anchor).isGreaterThan(0.05);
            }
            if (step.step() <= 4) {
                assertThat(anchor).isCloseTo(reference, within(1e-15));
            }
        }
    }

    @Test
    void anExponentialMovingAverageCoversItsShareOfTheWay() {
        TabularMovingReference moving = moving();
        TabularPolicy policy = policy();
        policy.logits[0][1] = moving.logits[0][1] + 1;
        moving.moveTowards(policy, 0.25);
        RunSettings settings =
                SETTINGS.with("belt.re_anchor.how=ema", "belt.re_anchor.every_steps=1", "belt.re_anchor.decay=0.75");
        assertThat(moving.logits[0][1]).isCloseTo(TabularWorld.REFERENCE[0][1] + 0.25, within(1e-15));

        Journal ema = run("ema", settings);
        Journal frozenLike = run("slow", settings.with("belt.re_anchor.decay=0.999999"));
        StepRecord last = ema.steps().get(11);
        assertThat(last.referenceKl().orElseThrow().natsPerSequence().orElseThrow())
                .isLessThan(drift(last));
        StepRecord slow = frozenLike.steps().get(11);
        assertThat(slow.referenceKl().orElseThrow().natsPerSequence().orElseThrow())
                .isCloseTo(drift(slow), within(1e-3));
        assertThat(ema.reAnchorings()).hasSize(12).allMatch(event -> event.how() == ReAnchorSettings.How.EMA);
    }

    @Test
    void aResumedRunGoesOnFromTheReferenceOfItsCheckpoint() throws IOException {
        run("whole", SETTINGS);
        RunDirectory parted = RunDirectory.create(temp.resolve("parted"));
        int[] steps = {0};
        TrainingRun.begin(parted, parts(), SETTINGS, IDENTITY, CLOCKS).execute(() -> ++steps[0] == 6);
        TrainingRun.resume(parted, parts(), SETTINGS, IDENTITY, CLOCKS).execute(() -> false);
        assertThat(parted.journal()).hasSameBinaryContentAs(temp.resolve("whole/journal.jsonl"));
    }

    @Test
    void aReferenceMovesOnlyWhereTheSettingsSaySoByName() {
        assertThatThrownBy(() -> new TrainingLoop(TabularWorld.parts(policy()), SETTINGS))
                .hasMessageContaining("re_anchor.how = HARD_SYNC");
        assertThatThrownBy(() -> new TrainingLoop(parts(), RunSettings.defaults()))
                .hasMessageContaining("re_anchor.how = NEVER");
    }

    private static double drift(StepRecord step) {
        return step.anchorKl().orElseThrow().natsPerSequence().orElseThrow();
    }

    private Journal run(String name, RunSettings settings) {
        RunDirectory directory = RunDirectory.create(temp.resolve(name));
        TrainingRun.begin(directory, parts(), settings, IDENTITY, CLOCKS).execute(() -> false);
        return JournalReader.readAll(directory.journal());
    }

    private static TabularPolicy policy() {
        return new TabularPolicy(TabularWorld.TREE, TabularWorld.REFERENCE);
    }

    private static TabularMovingReference moving() {
        return new TabularMovingReference(TabularWorld.TREE, TabularWorld.REFERENCE);
    }

    private static TrainingParts parts() {
        TrainingParts frozen = TabularWorld.parts(policy());
        TabularMovingReference moving = moving();
        return new TrainingParts(
                frozen.policy(),
                moving,
                frozen.rewards(),
                frozen.tokenizer(),
                frozen.prompts(),
                Optional.empty(),
                Optional.of(new ReAnchoring(moving, frozen.reference())));
    }
}
