package dev.tether.trainer.loop;

import dev.tether.run.RunDirectory;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsWriter;
import java.nio.file.Path;
import java.util.Optional;

/** The checkpoints of a run under way: of where its loop stands, once its files are on the disk as far as that. */
final class RunCheckpoints {
    private final RunDirectory directory;
    private final TrainingParts parts;
    private final RunSettings settings;
    private final RunIdentity identity;
    private final TrainingLoop loop;
    private final RunFiles files;
    private final CheckpointStore store;

    RunCheckpoints(
            RunDirectory directory,
            TrainingParts parts,
            RunSettings settings,
            RunIdentity identity,
            TrainingLoop loop,
            RunFiles files) {
        this.directory = directory;
        this.parts = parts;
        this.settings = settings;
        this.identity = identity;
        this.loop = loop;
        this.files = files;
        this.store = new CheckpointStore(directory, settings);
    }

    /** Writes that of the step that was taken last. */
    Path write() {
        files.sync();
        LoopState state = loop.state();
        return store.write(
                new CheckpointStore.Saved(
                        state.step(),
                        state.episodes(),
                        settings.seed(),
                        SettingsWriter.digest(settings),
                        identity.referenceFingerprint(),
                        state.controller().state(),
                        state.force().orElse(null),
                        state.rollBacks(),
                        files.journal().length(),
                        files.samples().length()),
                parts);
    }

    /** That of the step that was taken last, written now unless it is there. */
    Path ofLastStep() {
        int step = loop.state().step();
        return store.has(step) ? directory.checkpoint(step) : write();
    }

    /** The step of the newest checkpoint to go back to from {@code step}; 0 = the start. */
    int goodBefore(int step) {
        return store.goodBefore(step).orElse(0);
    }

    /** Puts the models back to where they were after {@code step}; what came later is removed. */
    void goBackTo(int step) {
        store.restore(directory.checkpoint(step), parts);
        store.removeAfter(step);
    }

    Optional<Path> newestIfAny() {
        return store.newestIfAny();
    }
}
