package dev.tether.run.report;

import dev.tether.core.control.KlTarget;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.ControllerFigures;
import dev.tether.run.journal.Journal;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a run, finished or not.
 *
 * @param name to tell it from others
 * @param settings of the run, where its file is there
 * @param journal everything that happened
 * @param samples answers from the beginning beside answers from the end
 * @param spentKl where the KL of its samples was spent
 */
public record RecordedRun(
        String name,
        Optional<RunSettings> settings,
        Journal journal,
        List<SamplePair> samples,
        Optional<SpentKl> spentKl) {
    public RecordedRun {
        samples = List.copyOf(samples);
    }

    /**
     * Reads a run directory.
     *
     * @throws InputException where there is no run, or a file of it cannot be read
     */
    public static RecordedRun read(RunDirectory directory) {
        if (!Files.exists(directory.journal())) {
            throw new InputException("nothing to report of " + directory.root() + ": it has no journal.jsonl yet");
        }
        Optional<RunSettings> settings = Files.exists(directory.settings())
                ? Optional.of(SettingsReader.read(directory.settings(), List.of()))
                : Optional.empty();
        List<SamplePair> samples =
                Files.exists(directory.samples()) ? SampleChoice.read(directory.samples()) : List.of();
        Journal journal = JournalReader.readAll(directory.journal());
        Optional<SpentKl> spentKl = Files.exists(directory.samples())
                ? SpentKlReader.read(directory.samples(), lastStep(journal))
                : Optional.empty();
        return new RecordedRun(name(directory.root()), settings, journal, samples, spentKl);
    }

    public List<StepRecord> steps() {
        return journal.steps();
    }

    /** The KL that the controller is to hold, as the journal says; empty for a fixed coefficient. */
    public Optional<KlTarget> target() {
        List<StepRecord> steps = steps();
        if (steps.isEmpty()) {
            return Optional.empty();
        }
        Optional<ControllerFigures> controller = steps.get(steps.size() - 1).controller();
        return controller
                .filter(c -> c.target().isPresent())
                .map(c -> new KlTarget(c.target().getAsDouble(), c.unit().orElseThrow()));
    }

    private static long lastStep(Journal journal) {
        return journal.steps().stream().mapToLong(StepRecord::step).max().orElse(0);
    }

    private static String name(Path root) {
        Path last = root.toAbsolutePath().normalize().getFileName();
        return last == null ? root.toString() : last.toString();
    }
}
