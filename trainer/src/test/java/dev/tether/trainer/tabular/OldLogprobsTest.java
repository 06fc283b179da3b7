package dev.tether.trainer.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.run.RunDirectory;
import dev.tether.run.journal.OldLogprobFigures;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.UpdateSettings.OldLogprobs;
import dev.tether.trainer.loop.RunClocks;
import dev.tether.trainer.loop.RunIdentity;
import dev.tether.trainer.loop.RunOutcome;
import dev.tether.trainer.loop.StepResult;
import dev.tether.trainer.loop.TrainingLoop;
import dev.tether.trainer.loop.TrainingRun;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.rollout.PolicyReader;
import dev.tether.trainer.rollout.PolicyReading;
import dev.tether.trainer.rollout.PolicyReading.Source;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When the sampler's logprobs stand for the trainer's. */
class OldLogprobsTest {
    private static final int ROWS = 16;
    private static final int FAULTY_ROW = 5;
    private static final RunSettings SETTINGS = RunSettings.defaults()
            .with("steps=12", "prompts.batch_size=" + ROWS, "checkpoints.every_steps=5", "optimizer.learning_rate=2")
            .with("belt.target=0.2", "generation.max_new_tokens=3");

    @TempDir
    Path temp;

    private static TabularPolicy policy() {
        return new TabularPolicy(TabularWorld.TREE, TabularWorld.REFERENCE);
    }

    /** Its sampler is off by {@code nats} in the first token of every row from {@code first} to {@code last}. */
    private static PolicyModel samplingOff(TabularPolicy policy, double nats, int first, int last) {
        return (PolicyModel) Proxy.newProxyInstance(
                OldLogprobsTest.class.getClassLoader(),
                new Class<?>[] {PolicyModel.class},
                (proxy, method, arguments) -> {
                    Object result = method.invoke(policy, arguments);
                    if (result instanceof Generation generation) {
                        for (int b = first; b <= Math.min(last, generation.responses().length - 1); b++) {
                            generation.rolloutLogprobs()[b][0] -= nats;
                        }
                    }
                    return result;
                });
    }

    private static PolicyReading read(PolicyModel policy, OldLogprobs oldLogprobs, int step, int rows) {
        return read(new PolicyReader(policy, oldLogprobs, 0), step, rows);
    }

    private static PolicyReading readWithSyncs(int step) {
        return read(new PolicyReader(policy(), OldLogprobs.SAMPLED_WHEN_EQUAL, 5), step, ROWS);
    }

    private static PolicyReading read(PolicyReader reader, int step, int rows) {
        int[][] prompts = new int[rows][1];
        Generation generation = reader.policy().generate(prompts, new Sampling(3, 1, 0, 1, new int[0]), 7);
        TokenBatch tokens = new TokenBatch(prompts, generation.responses(), generation.responseMask());
        return reader.read(step, tokens, generation, 1);
    }

    private static PolicyReading read(PolicyModel policy, int step) {
        return read(policy, OldLogprobs.SAMPLED_WHEN_EQUAL, step, ROWS);
    }

    @Test
    void theFirstStepReadsEveryRowAndThenEachRowHasItsTurn() {
        assertThat(read(policy(), 1).comparedRows()).hasSize(ROWS);
        TreeSet<Integer> seen = new TreeSet<>();
        for (int step = 2; step <= 9; step++) {
            int[] rows = read(policy(), step).comparedRows();
            assertThat(rows).hasSize(2);
            Arrays.stream(rows).forEach(seen::add);
        }
        assertThat(seen).hasSize(ROWS);
    }

    @Test
    void everyRowIsReadInTheStepAfterTheReferenceBecameThePolicy() {
        assertThat(readWithSyncs(5).comparedRows()).hasSize(2);
        assertThat(readWithSyncs(6).comparedRows()).hasSize(ROWS);
        assertThat(readWithSyncs(7).comparedRows()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 9, 17, 31})
    void twoRowsAreComparedAtLeast(int rows) {
        for (int step = 2; step <= 10; step++) {
            PolicyReading reading = read(policy(), OldLogprobs.SAMPLED_WHEN_EQUAL, step, rows);
            assertThat(reading.comparedRows()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(reading.trainerLogprobs().length).isEqualTo(reading.comparedRows().length);
        }
    }

    @Test
    void aDifferenceInOneTokenIsFoundWhenItsRowIsComparedAndAllIsRecomputed() {
        PolicyModel policy = samplingOff(policy(), 1e-3, FAULTY_ROW, FAULTY_ROW);
        Evaluation own = read(policy, OldLogprobs.RECOMPUTED, 1, ROWS).evaluation();

        PolicyReading unseen = read(policy, FAULTY_ROW - 1);
        PolicyReading found = read(policy, FAULTY_ROW);

        assertThat(unseen.source()).isEqualTo(Source.SAMPLED);
        assertThat(found.source()).isEqualTo(Source.RECOMPUTED);
        assertThat(found.evaluation().logprobs()).isDeepEqualTo(own.logprobs());
        assertThat(found.evaluation().entropy()).isDeepEqualTo(own.entropy());
        assertThat(found.comparedRows()).hasSize(ROWS);
    }

    @Test
    void valuesAreTheTrainersInEitherCase() {
        TabularPolicy policy = policy();
        Arrays.setAll(policy.values, i -> 0.1 * i);
        double[][] own =
                read(policy, OldLogprobs.RECOMPUTED, 3, ROWS).evaluation().values();
        PolicyModel off = samplingOff(policy, 1e-3, 0, ROWS - 1);
        assertThat(read(policy, 3).source()).isEqualTo(Source.SAMPLED);
        assertThat(read(policy, 3).evaluation().values()).isDeepEqualTo(own);
        assertThat(read(off, 3).source()).isEqualTo(Source.RECOMPUTED);
        assertThat(read(off, 3).evaluation().values()).isDeepEqualTo(own);
    }

    @ParameterizedTest
    @ValueSource(doubles = {9e-5, 1.1e-4})
    void theToleranceIsATenThousandthOfANat(double nats) {
        PolicyReading reading = read(samplingOff(policy(), nats, 0, ROWS - 1), 2);
        assertThat(reading.source()).isEqualTo(nats < PolicyReader.TOLERANCE ? Source.SAMPLED : Source.RECOMPUTED);
    }

    @Test
    void whereAskedToTheTrainerReadsAllByItselfInEveryStep() {
        PolicyReading reading = read(samplingOff(policy(), 5e-5, 0, ROWS - 1), OldLogprobs.RECOMPUTED, 2, ROWS);
        assertThat(reading.source()).isEqualTo(Source.RECOMPUTED);
        assertThat(reading.comparedRows()).hasSize(ROWS);
        assertThat(reading.evaluation().logprobs()).isSameAs(reading.trainerLogprobs());
    }

    @Test
    void theJournalTellsWhoseLogprobsTheyWereAndHowFarApartTheTwoAre() {
        PolicyModel policy = samplingOff(policy(), 1e-3, 3, 3);
        TrainingLoop loop = new TrainingLoop(TabularWorld.parts(policy), SETTINGS);
        StepResult first = loop.step();
        assertThat(told(first).source()).isEqualTo("recomputed");
        assertThat(told(first).comparedResponses()).isEqualTo(ROWS);
        assertThat(told(first).maxDisagreementNats()).isCloseTo(1e-3, within(1e-9));
        assertThat(first.referenceKl().natsPerSequence()).isZero();

        assertThat(told(loop.step())).isEqualTo(new OldLogprobFigures("sampled", 2, 0));

        StepResult third = loop.step();
        assertThat(told(third).source()).isEqualTo("recomputed");
        assertThat(told(third).comparedResponses()).isEqualTo(ROWS);
        assertThat(third.record().samplerKl().orElseThrow().natsPerToken().orElseThrow())
                .isPositive();
    }

    private static OldLogprobFigures told(StepResult result) {
        return result.record().oldLogprobs().orElseThrow();
    }

    /** The sampler is off within the tolerance, so that it matters in which steps it is believed. */
    @Test
    void aResumedRunBelievesTheSamplerInTheSameSteps() throws IOException {
        RunDirectory whole = RunDirectory.create(temp.resolve("whole"));
        begin(whole).execute(() -> false);
        RunDirectory parted = RunDirectory.create(temp.resolve("parted"));
        int[] steps = {0};
        assertThat(begin(parted).execute(() -> ++steps[0] == 7).kind()).isEqualTo(RunOutcome.Kind.INTERRUPTED);

        TrainingRun.resume(
                        parted,
                        TabularWorld.parts(samplingOff(policy(), 5e-5, 0, ROWS - 1)),
                        SETTINGS,
                        identity(),
                        clocks())
                .execute(() -> false);

        for (String file : new String[] {"journal.jsonl", "samples.jsonl", "model/table.bin"}) {
            assertThat(parted.root().resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(whole.root().resolve(file));
        }
        assertThat(whole.journal()).content().contains("\"source\":\"sampled\"");
    }

    private static TrainingRun begin(RunDirectory directory) {
        PolicyModel policy = samplingOff(policy(), 5e-5, 0, ROWS - 1);
        return TrainingRun.begin(directory, TabularWorld.parts(policy), SETTINGS, identity(), clocks());
    }

    private static RunIdentity identity() {
        return new RunIdentity("sha256:policy", "sha256:ref", "test", Map.of());
    }

    private static RunClocks clocks() {
        return new RunClocks(new SteppingClock(), () -> Instant.EPOCH);
    }
}
