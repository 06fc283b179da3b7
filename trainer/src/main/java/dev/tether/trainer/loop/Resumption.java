package dev.tether.trainer.loop;

import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.RunHeader;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsWriter;
import java.nio.file.Path;

/** Whether a run may go on from a checkpoint: with the settings and the models that it began with, and no others. */
record Resumption(Path checkpoint, CheckpointStore.Saved saved) {
    /** @throws InputException which says what is another than it was */
    void requireSame(RunDirectory directory, RunSettings settings, RunIdentity identity) {
        if (saved.seed() != settings.seed() || !saved.settingsDigest().equals(SettingsWriter.digest(settings))) {
            throw refusal("it was written under other settings than settings.yaml now holds");
        }
        if (!saved.referenceFingerprint().equals(identity.referenceFingerprint())) {
            throw refusal(
                    "the reference is another one than the run began with. Its weights, configuration and tokenizer"
                            + " had the fingerprint " + saved.referenceFingerprint() + ", now it is "
                            + identity.referenceFingerprint() + "; every KL so far was measured against the first");
        }
        if (settings.lora().isOn()) {
            requireSameBase(directory, identity);
        }
    }

    /** A checkpoint of an adapter holds nothing of the model that it adapts. */
    private void requireSameBase(RunDirectory directory, RunIdentity identity) {
        JournalReader.readAll(directory.journal())
                .header()
                .map(RunHeader::modelFingerprint)
                .filter(began -> !began.equals(identity.modelFingerprint()))
                .ifPresent(began -> {
                    throw refusal(
                            "it holds an adapter of another model. Its weights, configuration and tokenizer had the"
                                    + " fingerprint " + began + ", now it is " + identity.modelFingerprint());
                });
    }

    private InputException refusal(String why) {
        return new InputException("cannot resume from " + checkpoint + ": " + why);
    }
}
