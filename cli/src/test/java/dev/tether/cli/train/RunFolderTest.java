package dev.tether.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.run.RunDirectory;
import dev.tether.run.settings.RunSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 20, 8, 5, 9);

    @TempDir
    private Path directory;

    @Test
    void anUnnamedRunIsCalledAfterTimeAndModel() {
        assertThat(RunFolder.unnamed(RunSettings.defaults(), NOW)).hasToString("runs/20261120-080509-reviews");
        RunSettings settings = RunSettings.defaults().with("model.policy=/models/Stories 15M");
        assertThat(RunFolder.unnamed(settings, NOW)).hasToString("runs/20261120-080509-stories-15m");
    }

    @Test
    void aRunThatNeverBeganLeavesNothing() throws IOException {
        Path root = directory.resolve("a/run");
        RunFolder folder = new RunFolder(root);
        RunDirectory made = folder.create();
        Files.writeString(made.settings(), "seed: 1");
        folder.discard();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void theParentOfTwoRunsStaysWhenOneIsTakenBack() {
        RunFolder first = new RunFolder(directory.resolve("runs/first"));
        first.create();
        new RunFolder(directory.resolve("runs/second")).create();
        first.discard();
        assertThat(directory.resolve("runs/first")).doesNotExist();
        assertThat(directory.resolve("runs/second")).exists();
    }

    @Test
    void aDirectoryOfTheUsersIsEmptiedButKept() throws IOException {
        RunFolder folder = new RunFolder(directory);
        Files.writeString(folder.create().journal(), "{}");
        folder.discard();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void nothingIsTakenBackThatWasNotMadeHere() throws IOException {
        Path journal = Files.writeString(directory.resolve("journal.jsonl"), "{}");
        new RunFolder(directory).discard();
        assertThat(journal).exists();
    }
}
