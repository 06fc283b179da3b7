package dev.tether.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    @TempDir
    Path folder;

    @Test
    void aNewOrEmptyDirectoryBecomesARun() throws IOException {
        RunDirectory made = RunDirectory.create(folder.resolve("a/b"));
        Files.createDirectory(folder.resolve("empty"));

        assertThat(made.checkpoints()).isDirectory();
        assertThat(RunDirectory.create(folder.resolve("empty")).isRun()).isFalse();
        assertThat(made.checkpoint(20)).isEqualTo(folder.resolve("a/b/checkpoints/step-000020"));
    }

    @Test
    void anotherRunIsNotOverwritten() throws IOException {
        Files.writeString(folder.resolve("journal.jsonl"), "");

        assertThatThrownBy(() -> RunDirectory.create(folder))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "%1$s holds a run already: go on with it (--resume %1$s), or choose another directory", folder);
        assertThat(RunDirectory.open(folder).root()).isEqualTo(folder);
    }

    @Test
    void aDirectoryWithOtherThingsIsLeftAlone() throws IOException {
        Files.writeString(folder.resolve("thesis.tex"), "");

        assertThatThrownBy(() -> RunDirectory.create(folder))
                .isInstanceOf(InputException.class)
                .hasMessage(folder + " is not empty and not a run: choose another directory");
        assertThat(folder).isDirectoryNotContaining("glob:**checkpoints");
        assertThatThrownBy(() -> RunDirectory.open(folder))
                .hasMessage("no run at " + folder + ": it has neither settings.yaml nor journal.jsonl");
    }

    @Test
    void aFileInTheWayAndAPlaceThatCannotBeWrittenAreOneClearLine() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> RunDirectory.create(file))
                .isInstanceOf(InputException.class)
                .hasMessage("cannot make a run in " + file + ": it is a file, not a directory");
        assertThatThrownBy(() -> RunDirectory.create(file.resolve("run")))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("cannot make a run in " + file.resolve("run") + ": ")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> RunDirectory.create(Path.of("/proc/tether-run")))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("cannot make a run in /proc/tether-run: ");
        assertThatThrownBy(() -> RunDirectory.open(folder.resolve("none")))
                .hasMessage("no run at " + folder.resolve("none") + ": no such directory");
    }
}
