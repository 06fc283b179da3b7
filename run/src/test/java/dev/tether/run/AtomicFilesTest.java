package dev.tether.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    Path folder;

    @Test
    void aFileIsReplacedWhole() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "old and long");

        AtomicFiles.writeFile(file, "new");

        assertThat(file).hasContent("new");
        assertThat(folder).isDirectoryNotContaining("glob:**.partial");
    }

    @Test
    void aFileThatCannotBeWrittenLeavesTheOldOne() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "old");
        Files.createDirectory(folder.resolve("a.partial"));

        assertThatThrownBy(() -> AtomicFiles.writeFile(file, "new"))
                .isInstanceOf(InputException.class)
                .hasMessage("cannot write " + file + ": Is a directory");
        assertThat(file).hasContent("old");
    }

    @Test
    void aDirectoryAppearsOnlyWhenItIsWhole() {
        Path target = folder.resolve("step-1");

        AtomicFiles.writeDirectory(target, aside -> {
            Files.createDirectory(aside.resolve("in"));
            Files.writeString(aside.resolve("in/weights"), "w");
            assertThat(target).doesNotExist();
        });

        assertThat(target.resolve("in/weights")).hasContent("w");
        assertThat(folder).isDirectoryNotContaining("glob:**.partial");
    }

    @Test
    void aDirectoryWhoseContentFailsLeavesNothing() {
        Path target = folder.resolve("step-1");

        assertThatThrownBy(() -> AtomicFiles.writeDirectory(target, aside -> {
                    Files.writeString(aside.resolve("weights"), "w");
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(InputException.class)
                .hasMessage("cannot write " + target + ": No space left on device");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatADeadProcessLeftAsideIsSweptAway() throws IOException {
        Files.createDirectory(folder.resolve("step-1.partial"));
        Files.writeString(folder.resolve("step-1.partial/stale"), "x");

        AtomicFiles.writeDirectory(folder.resolve("step-1"), aside -> Files.writeString(aside.resolve("fresh"), "y"));

        assertThat(folder.resolve("step-1"))
                .isDirectoryContaining("glob:**fresh")
                .isDirectoryNotContaining("glob:**stale");
    }

    @Test
    void aDirectoryThatIsThereIsNotReplaced() throws IOException {
        Files.createDirectory(folder.resolve("step-1"));

        assertThatThrownBy(() -> AtomicFiles.writeDirectory(folder.resolve("step-1"), aside -> {}))
                .isInstanceOf(InputException.class)
                .hasMessage("cannot write " + folder.resolve("step-1") + ": it exists already");
    }

    @Test
    void aMessageForTheUserIsOneLine() {
        assertThat(new InputException(" a\n  b\r\nc ")).hasMessage("a b c");
    }
}
