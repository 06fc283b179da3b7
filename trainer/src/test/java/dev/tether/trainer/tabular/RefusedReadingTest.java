package dev.tether.trainer.tabular;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.run.RunDirectory;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.Journal;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.RunClocks;
import dev.tether.trainer.loop.RunIdentity;
import dev.tether.trainer.loop.TrainingParts;
import dev.tether.trainer.loop.TrainingRun;
import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.model.ExactKl;
import dev.tether.trainer.model.ProbeLoss;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.TruncatedLogprobs;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no KL can be must not move β. */
class RefusedReadingTest {
    private static final RunClocks CLOCKS = new RunClocks(new SteppingClock(), () -> Instant.EPOCH);
    private static final RunIdentity IDENTITY = new RunIdentity("sha256:policy", "sha256:ref", "test", Map.of());

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -5, Double.POSITIVE_INFINITY})
    void aReadingThatIsNoKlLeavesBetaWhereItWasAndRaisesAFinding(double nats) {
        for (String law : new String[] {"pi", "pid", "dual_ascent", "thermostat", "ziegler"}) {
            RunDirectory directory = RunDirectory.create(temp.resolve(law));
            RunSettings settings = RunSettings.defaults()
                    .with("steps=4", "prompts.batch_size=16", "optimizer.learning_rate=2")
                    .with("generation.max_new_tokens=3", "belt.meter=rao_blackwell", "belt.force_every_steps=0")
                    .with("belt.target=0.05", "belt.controller=" + law);
            TrainingRun.begin(directory, parts(nats), settings, IDENTITY, CLOCKS)
                    .execute(() -> false);

            Journal journal = JournalReader.readAll(directory.journal());
            List<StepRecord> steps = journal.steps();
            assertThat(steps).as(law).hasSize(4);
            assertThat(steps.get(2).klCoef().orElseThrow())
                    .as("after the second reading, which is " + nats)
                    .isEqualTo(steps.get(1).klCoef().orElseThrow());
            assertThat(journal.findings())
                    .extracting(Finding::step, Finding::code)
                    .contains(org.assertj.core.groups.Tuple.tuple(2L, "KL_READING_REFUSED"));
            assertThat(steps.get(3).klCoef().orElseThrow())
                    .as(law + " moves again on the next good reading")
                    .isNotEqualTo(steps.get(2).klCoef().orElseThrow());
        }
    }

    private static TrainingParts parts(double secondReading) {
        TrainingParts parts = TabularWorld.parts(new TabularPolicy(TabularWorld.TREE, TabularWorld.REFERENCE));
        return new TrainingParts(
                parts.policy(),
                parts.reference(),
                parts.rewards(),
                parts.tokenizer(),
                parts.prompts(),
                Optional.of(new Meter(secondReading)),
                Optional.empty());
    }

    /** Says one nat per token, and something else at the second call. */
    private static final class Meter implements BeltProbe {
        private final double secondReading;
        private int calls;

        Meter(double secondReading) {
            this.secondReading = secondReading;
        }

        @Override
        public ExactKl exactKl(TokenBatch batch, double temperature) {
            calls++;
            double nats = calls == 2 ? secondReading : 1 + 0.1 * calls;
            double[][] rows = new double[batch.sequences()][batch.responseWidth()];
            for (int b = 0; b < rows.length; b++) {
                for (int t = 0; t < rows[b].length; t++) {
                    rows[b][t] = batch.responseMask().counts(b, t) ? nats : 0;
                }
            }
            return new ExactKl(rows, Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new));
        }

        @Override
        public TruncatedLogprobs truncatedLogprobs(TokenBatch batch, Sampling sampling) {
            throw new UnsupportedOperationException("nothing is cut here");
        }

        @Override
        public List<double[][]> gradientGrams(List<List<ProbeLoss>> groups, ProbeLoss common, double temperature) {
            throw new UnsupportedOperationException("no gradients here");
        }

        @Override
        public <T> T nearPolicy(double relativeNoise, long seed, Supplier<T> measurement) {
            throw new UnsupportedOperationException("no weights here");
        }
    }
}
