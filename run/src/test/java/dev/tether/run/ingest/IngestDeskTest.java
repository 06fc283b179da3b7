package dev.tether.run.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.run.journal.JournalReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestDeskTest {
    private static final IngestPlan PLAN = new IngestPlan(10, Map.of());

    @TempDir
    Path folder;

    private IngestDesk desk() {
        return IngestDesk.open(folder, () -> Instant.EPOCH);
    }

    private static IngestedStep step(long number, SequenceText text) {
        IngestedSequence row = new IngestedSequence(
                new double[] {-1, -1.5},
                new double[] {-2, -2},
                new boolean[] {true, true},
                number,
                OptionalDouble.empty(),
                Optional.empty(),
                text);
        return new IngestedStep(number, Map.of(), List.of(row, row), "digest " + number);
    }

    @Test
    void moreRunsThanAreOpenAtATimeCanBeToldInTurn() {
        try (IngestDesk desk = IngestDesk.open(folder, () -> Instant.EPOCH, 3)) {
            for (int run = 0; run < 5; run++) {
                desk.openRun("run-" + run, PLAN, OptionalLong.empty());
            }
            for (long number = 1; number <= 2; number++) {
                for (int run = 0; run < 5; run++) {
                    assertThat(desk.take("run-" + run, step(number, SequenceText.NONE))
                                    .step())
                            .isEqualTo(number);
                }
            }
        }
        for (int run = 0; run < 5; run++) {
            Path journal = folder.resolve("run-" + run).resolve("journal.jsonl");
            assertThat(JournalReader.readAll(journal).steps()).hasSize(2);
        }
    }

    @Test
    void aClosedDeskTakesNothing() {
        IngestDesk desk = desk();
        desk.openRun("a", PLAN, OptionalLong.empty());
        desk.close();
        assertThatThrownBy(() -> desk.take("a", step(1, SequenceText.NONE)))
                .isInstanceOf(RejectedExecutionException.class);
        try (IngestDesk again = desk()) {
            assertThat(again.state("a").step()).isZero();
        }
    }

    @Test
    void rowsThatAMachineWithoutPowerLostAreForgotten() throws IOException {
        Path journal = folder.resolve("a/journal.jsonl");
        long afterFirst;
        try (IngestDesk desk = desk()) {
            desk.openRun("a", PLAN, OptionalLong.empty());
            desk.take("a", step(1, SequenceText.NONE));
            afterFirst = Files.size(journal);
            desk.take("a", step(2, SequenceText.NONE));
        }
        try (var file = java.nio.channels.FileChannel.open(journal, java.nio.file.StandardOpenOption.WRITE)) {
            file.truncate(afterFirst + 3);
        }
        try (IngestDesk desk = desk()) {
            assertThat(desk.state("a").step()).isEqualTo(1);
            assertThat(desk.take("a", step(2, SequenceText.NONE)).step()).isEqualTo(2);
        }
        Files.write(journal, new byte[0]);
        try (IngestDesk desk = desk()) {
            assertThatThrownBy(() -> desk.state("a"))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("shorter than ingest.jsonl says");
        }
    }

    @Test
    void samplesAreKeptOfWhatSaysSomething() throws IOException {
        try (IngestDesk desk = desk()) {
            desk.openRun("a", PLAN, OptionalLong.empty());
            desk.take("a", step(1, SequenceText.NONE));
            assertThat(folder.resolve("a/samples.jsonl")).isEmptyFile();
            SequenceText tokens = new SequenceText(
                    Optional.of("Why"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(List.of(" be", "cause")));
            desk.take("a", step(2, tokens));
        }
        assertThat(Files.readAllLines(folder.resolve("a/samples.jsonl")))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .contains("\"response\":\" because\"", "\"response_tokens\":[\" be\",\"cause\"]")
                        .contains("\"stop_reason\":\"unknown\""));
    }

    @Test
    void aPenaltyForAMissingEndNeedsToKnowTheEnds() {
        try (IngestDesk desk = desk()) {
            desk.openRun("a", new IngestPlan(1, Map.of("reward.missing_eos_penalty", "1")), OptionalLong.empty());
            assertThatThrownBy(() -> desk.take("a", step(1, SequenceText.NONE)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has no \"ended\"");
        }
    }
}
