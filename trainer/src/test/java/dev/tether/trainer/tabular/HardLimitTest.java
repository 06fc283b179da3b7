package dev.tether.trainer.tabular;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.run.RunDirectory;
import dev.tether.run.journal.HardLimitHit;
import dev.tether.run.journal.Journal;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.settings.HardLimitSettings.Action;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.RunClocks;
import dev.tether.trainer.loop.RunIdentity;
import dev.tether.trainer.loop.RunListener;
import dev.tether.trainer.loop.RunOutcome;
import dev.tether.trainer.loop.StepResult;
import dev.tether.trainer.loop.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hard belt: what happens where KL passes the limit that nothing may exceed. */
class HardLimitTest {
    private static final RunClocks CLOCKS = new RunClocks(new SteppingClock(), () -> Instant.EPOCH);
    private static final RunIdentity IDENTITY = new RunIdentity("sha256:policy", "sha256:ref", "test", Map.of());

    /** Without a belt, so that KL rises through the limit. */
    private static final RunSettings SETTINGS = RunSettings.defaults()
            .with("steps=12", "prompts.batch_size=64", "checkpoints.every_steps=2", "optimizer.learning_rate=2")
            .with("belt.controller=fixed", "belt.kl_coef=0", "generation.max_new_tokens=3")
            .with("belt.hard_limit.nats_per_sequence=0.1", "belt.hard_limit.action=roll_back");

    @TempDir
    Path temp;

    @Test
    void thePolicyGoesBackToACheckpointThatHadPassedAStep() {
        Map<Integer, double[][]> tables = new TreeMap<>();
        List<int[]> returns = new ArrayList<>();
        TabularPolicy policy = policy();
        tables.put(0, copy(policy.logits));
        RunDirectory directory = RunDirectory.create(temp.resolve("run"));
        RunOutcome outcome = begin(directory, policy).execute(() -> false, recording(policy, tables, returns));

        assertThat(returns).isNotEmpty();
        Journal journal = JournalReader.readAll(directory.journal());
        List<HardLimitHit> hits = journal.hardLimitHits();
        assertThat(hits).allSatisfy(hit -> {
            assertThat(hit.action()).isEqualTo(Action.ROLL_BACK);
            assertThat(hit.reading()).isGreaterThan(0.1);
            assertThat(hit.limit()).isEqualTo(0.1);
        });
        assertThat(outcome.kind()).isIn(RunOutcome.Kind.COMPLETED, RunOutcome.Kind.DIVERGED);
        for (int[] there : returns) {
            assertThat(there[1]).isLessThanOrEqualTo(there[0] - 2).isEven();
            assertThat(hits).anyMatch(hit -> hit.step() == there[0]);
        }
    }

    @Test
    void whatIsRestoredIsTheCheckpointToTheBit() {
        Map<Integer, double[][]> tables = new TreeMap<>();
        TabularPolicy policy = policy();
        tables.put(0, copy(policy.logits));
        List<int[]> compared = new ArrayList<>();
        RunListener listener = new RunListener() {
            @Override
            public void stepped(StepResult result) {
                tables.put((int) result.record().step(), copy(policy.logits));
            }

            @Override
            public void rolledBack(int step, int toStep) {
                assertThat(policy.logits).isDeepEqualTo(tables.get(toStep));
                assertThat(policy.logits).isNotEqualTo(tables.get(step));
                tables.put(step, copy(policy.logits));
                compared.add(new int[] {step, toStep});
            }
        };
        begin(RunDirectory.create(temp.resolve("run")), policy).execute(() -> false, listener);
        assertThat(compared).isNotEmpty();
    }

    /** Step n − 1 may have written the very policy that was found over the limit; with {@code keep} 1 it is the only one. */
    @Test
    void whatIsLeftAfterAReturnIsGoodAndThereIsAlwaysOneToGoBackTo() {
        RunDirectory directory = RunDirectory.create(temp.resolve("run"));
        List<Integer> returns = new ArrayList<>();
        RunListener listener = new RunListener() {
            @Override
            public void rolledBack(int step, int toStep) {
                assertThat(directory.checkpoint(toStep)).isDirectory();
                assertThat(directory.checkpoint(step - 1)).doesNotExist();
                returns.add(toStep);
            }
        };
        RunSettings everyStep = SETTINGS.with("steps=30", "checkpoints.every_steps=1", "checkpoints.keep=1");
        TrainingRun.begin(directory, TabularWorld.parts(policy()), everyStep, IDENTITY, CLOCKS)
                .execute(() -> false, listener);
        assertThat(returns).hasSizeGreaterThan(3);
        assertThat(returns.get(returns.size() - 1)).isGreaterThan(10);
    }

    @Test
    void aPolicyThatBreaksOutAgainAndAgainEndsTheRun() {
        RunDirectory directory = RunDirectory.create(temp.resolve("run"));
        RunSettings hopeless = SETTINGS.with("steps=40", "checkpoints.every_steps=40");
        RunOutcome outcome = TrainingRun.begin(directory, TabularWorld.parts(policy()), hopeless, IDENTITY, CLOCKS)
                .execute(() -> false);
        assertThat(outcome.kind()).isEqualTo(RunOutcome.Kind.DIVERGED);
        assertThat(outcome.divergence().orElseThrow())
                .hasMessageContaining("over its hard limit again after 3 returns to the checkpoint of step 0");
    }

    @Test
    void aRunThatWentBackAndWasStoppedIsTheUninterruptedOne() throws IOException {
        RunDirectory whole = RunDirectory.create(temp.resolve("whole"));
        RunSettings settings = SETTINGS.with("belt.kl_coef=0.02");
        TrainingRun.begin(whole, TabularWorld.parts(policy()), settings, IDENTITY, CLOCKS)
                .execute(() -> false);
        assertThat(JournalReader.readAll(whole.journal()).hardLimitHits()).isNotEmpty();
        RunDirectory parted = RunDirectory.create(temp.resolve("parted"));
        int[] steps = {0};
        TrainingRun.begin(parted, TabularWorld.parts(policy()), settings, IDENTITY, CLOCKS)
                .execute(() -> ++steps[0] % 5 == 0);
        for (int session = 0; session < 3; session++) {
            TrainingRun.resume(parted, TabularWorld.parts(policy()), settings, IDENTITY, CLOCKS)
                    .execute(() -> ++steps[0] % 5 == 0);
        }
        assertThat(parted.journal()).hasSameBinaryContentAs(whole.journal());
    }

    @Test
    void endingTheEpochsLeavesThePolicyWhereItIs() {
        RunDirectory directory = RunDirectory.create(temp.resolve("run"));
        List<int[]> returns = new ArrayList<>();
        TabularPolicy policy = policy();
        TrainingRun.begin(
                        directory,
                        TabularWorld.parts(policy),
                        SETTINGS.with("belt.hard_limit.action=end_epochs"),
                        IDENTITY,
                        CLOCKS)
                .execute(() -> false, recording(policy, new TreeMap<>(), returns));
        assertThat(returns).isEmpty();
        assertThat(JournalReader.readAll(directory.journal()).hardLimitHits())
                .isNotEmpty()
                .allSatisfy(hit -> assertThat(hit.action()).isEqualTo(Action.END_EPOCHS));
    }

    private static TabularPolicy policy() {
        return new TabularPolicy(TabularWorld.TREE, TabularWorld.REFERENCE);
    }

    private static TrainingRun begin(RunDirectory directory, TabularPolicy policy) {
        return TrainingRun.begin(directory, TabularWorld.parts(policy), SETTINGS, IDENTITY, CLOCKS);
    }

    private static RunListener recording(TabularPolicy policy, Map<Integer, double[][]> tables, List<int[]> returns) {
        return new RunListener() {
            @Override
            public void stepped(StepResult result) {
                tables.put((int) result.record().step(), copy(policy.logits));
            }

            @Override
            public void rolledBack(int step, int toStep) {
                returns.add(new int[] {step, toStep});
            }
        };
    }

    private static double[][] copy(double[][] table) {
        return Arrays.stream(table).map(double[]::clone).toArray(double[][]::new);
    }
}
