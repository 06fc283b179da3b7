package dev.tether.cli.simulate;

import dev.tether.core.kl.KlUnit;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The journal of one of Tether's own runs.
 *
 * @param journal its file
 * @param name to call it by
 */
record OwnLog(Path journal, String name) {
    /** The log as one of our own, if it is: a run directory, or a journal by its first row. */
    static Optional<OwnLog> at(Path log) {
        if (Files.isDirectory(log)) {
            return Optional.of(new OwnLog(RunDirectory.open(log).journal(), log.toString()));
        }
        return JournalReader.isJournal(log) ? Optional.of(new OwnLog(log, log.toString())) : Optional.empty();
    }

    /** The settings of the run, where they lie beside the journal. */
    Optional<RunSettings> settings() {
        Path file = journal.resolveSibling("settings.yaml");
        return Files.exists(file) ? Optional.of(SettingsReader.read(file, List.of())) : Optional.empty();
    }

    RecordedKl read(KlUnit unit) {
        List<RecordedKl.Row> rows = new ArrayList<>();
        for (StepRecord step : JournalReader.readAll(journal).steps()) {
            step.referenceKl().flatMap(kl -> row(step, kl, unit)).ifPresent(rows::add);
        }
        return new RecordedKl(name, rows, List.of());
    }

    private static Optional<RecordedKl.Row> row(StepRecord step, ReferenceKl kl, KlUnit unit) {
        boolean perToken = unit == KlUnit.NATS_PER_TOKEN;
        OptionalDouble nats = perToken ? kl.natsPerToken() : kl.natsPerSequence();
        OptionalDouble error = perToken ? kl.seNatsPerToken() : kl.seNatsPerSequence();
        return nats.isEmpty()
                ? Optional.empty()
                : Optional.of(new RecordedKl.Row(
                        step.step(),
                        nats.getAsDouble(),
                        error.orElse(Double.POSITIVE_INFINITY),
                        step.klCoef().orElse(Double.NaN),
                        step.episodes().orElse(0)));
    }
}
