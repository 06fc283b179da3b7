package dev.tether.run.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlMeasure;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.kl.VocabularyKl;
import dev.tether.core.stats.Explanation;
import dev.tether.run.InputException;
import dev.tether.run.settings.HardLimitSettings;
import dev.tether.run.settings.ReAnchorSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JournalTest {
    private static final RunHeader HEADER = new RunHeader("sha256:00", "model:1", "reference:2", 17, 60);

    @TempDir
    Path folder;

    @Test
    void everyKindOfRowIsWrittenLikeThis() throws IOException {
        write(
                HEADER,
                SelfTestResult.passed(1.5e-6, 1e-4, "Policy and reference agree."),
                new BeltProbed(0, Rows.full(7).belt().orElseThrow(), "It pulls."),
                Rows.full(7),
                new CheckpointWritten(20, "checkpoints/step-000020"),
                Finding.of(21, "KL_READING_REFUSED", Finding.Severity.WARNING, "KL was NaN."),
                explained(),
                new HardLimitHit(
                        22, HardLimitSettings.Action.END_EPOCHS, KlUnit.NATS_PER_TOKEN, 0.75, 0.5, "3 of 16 updates."),
                new ReAnchored(30, ReAnchorSettings.How.HARD_SYNC, "reference:3"),
                new RunEnd(60, RunEnd.Outcome.COMPLETED));

        assertThat(Files.readAllLines(journal()))
                .containsExactly(
                        "{'type':'run','schema_version':1,'settings_digest':'sha256:00','model_fingerprint':'model:1','reference_fingerprint':'reference:2','seed':17,'steps':60}"
                                .replace('\'', '"'),
                        "{'type':'self_test','passed':true,'max_disagreement_nats':1.5E-6,'tolerance_nats':1.0E-4,'sentence':'Policy and reference agree.'}"
                                .replace('\'', '"'),
                        ("{'type':'belt_probe','step':0,'belt':{'placement':'k1_in_reward','verdict':'attached','force':0.98,"
                                        + "'se_force':0.04,'reward_force_share':0.375},'sentence':'It pulls.'}")
                                .replace('\'', '"'),
                        ("{'type':'step','step':7,'score':{'mean':0.5,'sd':0.25,'min':-1.0,'max':2.0},"
                                        + "'gold_score':{'mean':0.4375,'sd':0.21875,'min':-2.0,'max':1.0},'score_parts':[{'source':'length:40','weight':0.25,'mean':-0.5,'sd':0.125}],'rlhf_reward':0.375,"
                                        + "'kl_penalty':-0.125,'reference_kl':{'nats_per_token':0.1,'nats_per_sequence':4.8,"
                                        + "'se_nats_per_token':0.01,'se_nats_per_sequence':0.6,'max_nats_per_token':3.5,"
                                        + "'estimator':'k1'},'reference_kl_estimates':{'k1':{'nats_per_token':0.1,'nats_per_sequence':4.8,"
                                        + "'se_nats_per_token':0.01,'se_nats_per_sequence':0.6},'abs_k1':{'nats_per_token':0.3,"
                                        + "'nats_per_sequence':14.5,'se_nats_per_token':0.02,'se_nats_per_sequence':0.9},"
                                        + "'k2':{'nats_per_token':0.11,'nats_per_sequence':5.25,'se_nats_per_token':0.015,"
                                        + "'se_nats_per_sequence':0.65},'k3':{'nats_per_token':0.12,'nats_per_sequence':5.75,"
                                        + "'se_nats_per_token':0.03,'se_nats_per_sequence':1.5}},"
                                        + "'exact_kl':{'nats_per_token':0.105,'nats_per_sequence':5.0,'se_nats_per_token':0.002,"
                                        + "'se_nats_per_sequence':0.125,'reverse_nats_per_token':0.13,'max_nats_per_token':2.5},"
                                        + "'kl_coef':0.15,'controller':{'name':'ziegler','target':6.0,"
                                        + "'unit':'nats_per_sequence','reason':'lowered','sentence':'4.8 < 6.0 nats/sequence'},"
                                        + "'belt':{'placement':'k1_in_reward','verdict':'attached','force':0.98,'se_force':0.04,"
                                        + "'reward_force_share':0.375},'anchor_kl':{'nats_per_token':0.2,'nats_per_sequence':9.5,"
                                        + "'se_nats_per_token':0.005,'se_nats_per_sequence':0.25,'estimator':'rao_blackwell'},"
                                        + "'sampler_kl':{'nats_per_token':1.0E-7,'nats_per_sequence':4.0E-6,"
                                        + "'se_nats_per_token':1.0E-8,'se_nats_per_sequence':4.0E-7,'estimator':'k3'},"
                                        + "'old_logprobs':{'source':'sampled','compared_responses':4,'max_disagreement_nats':3.0E-6},"
                                        + "'reference_nll':2.375,'entropy':2.25,'update_kl':{'nats_per_token':0.003,'estimator':'k3','k1':-0.001,"
                                        + "'k2':0.002,'k3':0.003},'policy_loss':-0.02,'value_loss':0.7,'clip_fraction':0.0625,"
                                        + "'value_clip_fraction':0.03125,'ratio_mean':1.0009765625,'gradient_norm':1.5,"
                                        + "'learning_rate':5.0E-5,'updates':16,'explained_variance':0.4375,"
                                        + "'advantage':{'mean':0.011,'sd':0.9},'pairs':{'accuracy':0.71875,'margin':0.28125},'response_tokens':{'mean':40.5,'max':48.0},"
                                        + "'text':{'distinct_unigrams':0.34375,'distinct_bigrams':0.65625,'compression':0.46875},"
                                        + "'ended_share':0.8125,'episodes':32,'tokens':1296,'tokens_per_second':648.5,"
                                        + "'timing':{'time':'2026-11-20T09:30:00.250Z','step_seconds':2.0,"
                                        + "'generation_seconds':1.125,'reward_seconds':0.0078125,'evaluation_seconds':0.25,"
                                        + "'update_seconds':0.5}}")
                                .replace('\'', '"'),
                        "{'type':'checkpoint','step':20,'path':'checkpoints/step-000020'}".replace('\'', '"'),
                        "{'type':'finding','step':21,'code':'KL_READING_REFUSED','severity':'warning','sentence':'KL was NaN.'}"
                                .replace('\'', '"'),
                        ("{'type':'finding','step':22,'code':'LENGTH_DRIFT','severity':'info','sentence':'Longer.',"
                                        + "'advice':'look','explanation':{'value':0.5,'sentence':'change','parts':["
                                        + "{'value':1.5,'sentence':'now','parts':[]}]}}")
                                .replace('\'', '"'),
                        "{'type':'hard_limit','step':22,'action':'end_epochs','measure':'nats_per_token','reading':0.75,'limit':0.5,'detail':'3 of 16 updates.'}"
                                .replace('\'', '"'),
                        "{'type':'re_anchor','step':30,'how':'hard_sync','fingerprint':'reference:3'}"
                                .replace('\'', '"'),
                        "{'type':'end','steps':60,'outcome':'completed'}".replace('\'', '"'));
    }

    @Test
    void whatIsWrittenIsReadBackEqual() {
        List<RunEvent> events = List.of(
                HEADER,
                SelfTestResult.failed(Double.NaN, 1e-9, "Dropout is on."),
                StepRecord.builder(1).build(),
                Rows.full(2),
                new CheckpointWritten(2, "c"),
                Finding.of(2, "x", Finding.Severity.CRITICAL, "\u2028 y"),
                explained(),
                new HardLimitHit(2, HardLimitSettings.Action.ROLL_BACK, KlUnit.NATS_PER_SEQUENCE, 41, 40, "z"),
                new ReAnchored(2, ReAnchorSettings.How.EMA, "reference:3"),
                new RunEnd(2, RunEnd.Outcome.DIVERGED));
        write(events.toArray(RunEvent[]::new));

        Journal journal = JournalReader.readAll(journal());

        assertThat(journal.events()).isEqualTo(events);
        assertThat(journal.header()).contains(HEADER);
        assertThat(journal.steps()).extracting(StepRecord::step).containsExactly(1L, 2L);
        assertThat(journal.end()).contains(new RunEnd(2, RunEnd.Outcome.DIVERGED));
        assertThat(journal.tornLine()).isEmpty();
        assertThat(journal.selfTest()).contains(SelfTestResult.failed(Double.NaN, 1e-9, "Dropout is on."));
        assertThat(journal.hardLimitHits()).hasSize(1);
        assertThat(journal.reAnchorings()).hasSize(1);
    }

    @Test
    void anyMeasureOfKlComesBackAsItself() {
        List<KlMeasure> measures = Stream.concat(
                        Stream.of(KlEstimator.values()), Stream.<KlMeasure>of(VocabularyKl.values()))
                .toList();
        write(measures.stream()
                .map(measure -> StepRecord.builder(1)
                        .referenceKl(new ReferenceKl(null, null, null, null, null, measure))
                        .build())
                .toArray(RunEvent[]::new));

        assertThat(JournalReader.readAll(journal()).steps())
                .extracting(step -> step.referenceKl().orElseThrow().estimator())
                .isEqualTo(measures);
    }

    @Test
    void whatIsUnknownIsAbsent() throws IOException {
        write(StepRecord.builder(3).entropy(0).build());

        assertThat(Files.readString(journal())).isEqualTo("{\"type\":\"step\",\"step\":3,\"entropy\":0.0}\n");
    }

    @Test
    void aDoubleComesBackWithTheSameBits() {
        Random random = new Random(17);
        try (JournalWriter writer = JournalWriter.create(journal())) {
            for (int i = 0; i < 2000; i++) {
                double value = Double.longBitsToDouble(random.nextLong());
                writer.append(StepRecord.builder(i)
                        .entropy(Double.isFinite(value) ? value : -0.0)
                        .build());
            }
        }

        random = new Random(17);
        for (StepRecord step : JournalReader.readAll(journal()).steps()) {
            double value = Double.longBitsToDouble(random.nextLong());
            assertThat(Double.doubleToRawLongBits(step.entropy().orElseThrow()))
                    .as("seed 17, step %d", step.step())
                    .isEqualTo(Double.doubleToRawLongBits(Double.isFinite(value) ? value : -0.0));
        }
    }

    @Test
    void aFigureThatIsNotFiniteIsRefusedByName() {
        assertThatThrownBy(() -> StepRecord.builder(1).policyLoss(Double.NaN).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("policy_loss = NaN, must be finite; a figure that is not known is left out");
        assertThatThrownBy(() -> new UpdateKl(0, Double.POSITIVE_INFINITY, 0))
                .hasMessage("update_kl.k2 = Infinity, must be finite; a figure that is not known is left out");
    }

    @Test
    void aTornLastLineIsLeftOutAndReported() throws IOException {
        write(HEADER, Rows.full(1));
        long whole = Files.size(journal());
        Files.writeString(journal(), "{\"type\":\"step\",\"st", StandardOpenOption.APPEND);

        Journal journal = JournalReader.readAll(journal());

        assertThat(journal.events()).hasSize(2);
        assertThat(journal.tornLine()).contains(new TornLine(3, whole, 18));
    }

    @Test
    void aLineThatLacksOnlyItsEndIsTornToo() throws IOException {
        Files.writeString(journal(), "{\"type\":\"end\",\"steps\":1,\"outcome\":\"completed\"}");

        Journal journal = JournalReader.readAll(journal());

        assertThat(journal.events()).isEmpty();
        assertThat(journal.tornLine()).contains(new TornLine(1, 0, 46));
    }

    @Test
    void resumeCutsOffWhatStandsBehindTheCheckpoint() throws IOException {
        long atCheckpoint;
        try (JournalWriter writer = JournalWriter.create(journal())) {
            writer.append(Rows.full(1));
            writer.append(new CheckpointWritten(1, "c"));
            writer.sync();
            atCheckpoint = writer.length();
            writer.append(Rows.full(2));
            writer.append(Rows.full(3));
        }
        Files.writeString(journal(), "{\"type\":\"st", StandardOpenOption.APPEND);

        try (JournalWriter writer = JournalWriter.openForResume(journal(), atCheckpoint)) {
            writer.append(Rows.full(2));
            assertThat(writer.length()).isEqualTo(Files.size(journal()));
        }

        assertThat(JournalReader.readAll(journal()).events())
                .containsExactly(Rows.full(1), new CheckpointWritten(1, "c"), Rows.full(2));
    }

    @Test
    void resumeRefusesAJournalThatDoesNotFitTheCheckpoint() throws IOException {
        write(HEADER);
        long length = Files.size(journal());

        assertThatThrownBy(() -> JournalWriter.openForResume(journal(), length + 1))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "%s has %d bytes, the checkpoint was written at %d: the file does not belong to the"
                                + " checkpoint",
                        journal(), length, length + 1);
        assertThatThrownBy(() -> JournalWriter.openForResume(journal(), length - 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has no line end at byte " + (length - 1));
        assertThatThrownBy(() -> JournalWriter.openForResume(folder.resolve("none"), 0))
                .isInstanceOf(InputException.class)
                .hasMessage("cannot write %s: no such file or directory", folder.resolve("none"));
        assertThat(Files.size(journal())).isEqualTo(length);
    }

    @Test
    void aJournalThatIsThereIsNotOverwritten() {
        write(HEADER);

        assertThatThrownBy(() -> JournalWriter.create(journal()))
                .isInstanceOf(InputException.class)
                .hasMessage("cannot write %s: it exists already", journal());
    }

    @Test
    void aFullDiskIsOneClearLine() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "needs /dev/full, a device without room");

        try (JournalWriter writer = JournalWriter.openForResume(full, 0)) {
            assertThatThrownBy(() -> writer.append(HEADER))
                    .isInstanceOf(InputException.class)
                    .hasMessage("cannot write /dev/full: No space left on device");
            assertThat(writer.length()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'step':1} | the row has no \"type\"",
                "{'type':'foo'} | unknown row type \"foo\"; was it written by a newer version?",
                "{'type':'step'} | the row has no step",
                "{'type':'step','step':'x'} | step must be a whole number",
                "{'type':'step','step':1.5} | step = 1.5, must be a whole number",
                "{'type':'step','step':-1} | step = -1, must be >= 0",
                "{'type':'step','step':1,'step':2} | not a row of JSON: Duplicate Object property \"step\"",
                "{'type':'step','step':1,'entropy':NaN} | not a row of JSON: Non-standard token 'NaN'",
                "{'type':'step','step':1,'entropy':'a'} | entropy must be a number",
                "{'type':'step','step':1,'entropy':1e999} | entropy = Infinity, must be finite; a figure that is not known is left out",
                "{'type':'step','step':1,'score':{'mean':1}} | the row has no score.sd",
                "{'type':'step','step':1,'reference_kl':{'estimator':'k9'}} | reference_kl.estimator = \"k9\", must be one of k1, abs_k1, k2, k3, rao_blackwell, top_k_lower_bound, top_k_upper_bound, best_of_n_bound",
                "{'type':'self_test','passed':'yes','tolerance_nats':1,'sentence':'s'} | passed must be true or false",
                "{'type':'step','step':1,'timing':{'time':'noon'}} | timing.time = \"noon\", must be a time such as 2026-11-20T09:30:00Z",
                "{'type':'run','schema_version':2,'settings_digest':'a','model_fingerprint':'a','reference_fingerprint':'a','seed':1,'steps':1} | schema_version = 2, must be 1 to 1; was it written by a newer version?",
                "`` | not a row of JSON: the line is empty",
                "hello | not a row of JSON: Unrecognized token 'hello': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
            })
    void aLineThatIsNoRowIsRefusedWithItsNumber(String line, String message) throws IOException {
        write(HEADER);
        String quoted = line.startsWith("{") ? line.replace('\'', '"').replace("e999", "e999") : line;
        Files.writeString(journal(), quoted + "\n", StandardOpenOption.APPEND);

        assertThatThrownBy(() -> JournalReader.readAll(journal()))
                .isInstanceOf(InputException.class)
                .hasMessage(journal() + ":2: " + message);
    }

    @Test
    void aKeyFromALaterVersionIsPassedOver() throws IOException {
        Files.writeString(journal(), "{\"type\":\"step\",\"step\":1,\"later\":{\"a\":[1]},\"entropy\":2}\n");

        assertThat(JournalReader.readAll(journal()).events())
                .containsExactly(StepRecord.builder(1).entropy(2).build());
    }

    @Test
    void withoutTimesTwoRunsThatDidTheSameAreEqual() {
        StepRecord step = Rows.full(1);
        write(HEADER, step);
        Path other = folder.resolve("other.jsonl");
        try (JournalWriter writer = JournalWriter.create(other)) {
            writer.append(HEADER);
            writer.append(later(step));
        }

        assertThat(JournalReader.readAll(other)).isNotEqualTo(JournalReader.readAll(journal()));
        assertThat(JournalReader.withoutTimes(other)).isEqualTo(JournalReader.withoutTimes(journal()));
        assertThat(JournalReader.withoutTimes(other).get(1))
                .contains("\"tokens\":1296")
                .doesNotContain("second", "2026");
    }

    @Test
    void aDistributionIsOfTheNumbersGiven() {
        assertThat(Distribution.of(new double[] {1, 2, 3, 4, 10}))
                .isEqualTo(new Distribution(4, Math.sqrt(12.5), 1, 10));
        assertThat(Distribution.of(new double[] {-3})).isEqualTo(new Distribution(-3, 0, -3, -3));
        assertThatThrownBy(() -> Distribution.of(new double[] {1, Double.NaN})).hasMessageContaining("NaN");
    }

    private static StepRecord later(StepRecord step) {
        return new StepRecord(
                step.step(),
                step.score(),
                step.goldScore(),
                step.scoreParts(),
                step.rlhfReward(),
                step.klPenalty(),
                step.referenceKl(),
                step.referenceKlEstimates(),
                step.exactKl(),
                step.klCoef(),
                step.controller(),
                step.belt(),
                step.anchorKl(),
                step.samplerKl(),
                step.oldLogprobs(),
                step.referenceNll(),
                step.entropy(),
                step.updateKl(),
                step.policyLoss(),
                step.valueLoss(),
                step.clipFraction(),
                step.valueClipFraction(),
                step.ratioMean(),
                step.gradientNorm(),
                step.learningRate(),
                step.updates(),
                step.explainedVariance(),
                step.advantage(),
                step.pairs(),
                step.responseTokens(),
                step.text(),
                step.endedShare(),
                step.episodes(),
                step.tokens(),
                java.util.OptionalDouble.of(1),
                java.util.Optional.empty());
    }

    private void write(RunEvent... events) {
        try (JournalWriter writer = JournalWriter.create(journal())) {
            for (RunEvent event : events) {
                writer.append(event);
            }
        }
    }

    private static Finding explained() {
        return new Finding(
                22,
                "LENGTH_DRIFT",
                Finding.Severity.INFO,
                "Longer.",
                Optional.of("look"),
                Optional.of(Explanation.of(0.5, "change", Explanation.of(1.5, "now"))));
    }

    private Path journal() {
        return folder.resolve("journal.jsonl");
    }
}
