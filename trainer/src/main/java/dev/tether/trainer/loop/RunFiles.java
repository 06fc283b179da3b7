package dev.tether.trainer.loop;

import dev.tether.run.RunDirectory;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.JournalWriter;
import dev.tether.run.journal.RunEvent;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.SampleWriter;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.tensorboard.EventFile;
import java.util.List;

/** The files that grow with a run: journal, samples, and the scalars for TensorBoard. */
record RunFiles(JournalWriter journal, SampleWriter samples, EventFile scalars) implements AutoCloseable {
    /** Those of a new run. */
    static RunFiles create(RunDirectory directory) {
        return new RunFiles(
                JournalWriter.create(directory.journal()),
                SampleWriter.create(directory.samples()),
                EventFile.create(directory.tensorboard(), List.of()));
    }

    /** Those of a run that goes on from {@code saved}: cut back to what they held when it was written. */
    static RunFiles resume(RunDirectory directory, CheckpointStore.Saved saved) {
        JournalWriter journal = JournalWriter.openForResume(directory.journal(), saved.journalBytes());
        return new RunFiles(
                journal,
                SampleWriter.openForResume(directory.samples(), saved.samplesBytes()),
                EventFile.create(
                        directory.tensorboard(),
                        JournalReader.readAll(directory.journal()).steps()));
    }

    /** What a step leaves in each: its record with the events that it led to, and its samples. */
    void append(StepRecord step, List<RunEvent> found, List<SampleRecord> written) {
        journal.append(step);
        found.forEach(journal::append);
        written.forEach(samples::append);
        scalars.append(step);
    }

    /** Brings to the disk what a checkpoint relies on. */
    void sync() {
        journal.sync();
        samples.sync();
    }

    @Override
    public void close() {
        journal.close();
        samples.close();
        scalars.close();
    }
}
