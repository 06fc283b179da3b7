package dev.tether.torch.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.torch.pretrain.Documents.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentsTest {
    @TempDir
    Path directory;

    @Test
    void linesAreDocumentsOrBlankLinesStandBetweenThem() throws IOException {
        Path file = write("one\ntwo\n\n \nthree\r\nfour\r\n\r\nfive");
        assertThat(Documents.read(file, Layout.LINES)).containsExactly("one", "two", "three", "four", "five");
        assertThat(Documents.read(file, Layout.PARAGRAPHS)).containsExactly("one\ntwo", "three\nfour", "five");
    }

    @Test
    void tooFewDocumentsAreRefused() throws IOException {
        assertThatThrownBy(() -> Documents.read(write("one\ntwo"), Layout.PARAGRAPHS))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("text.txt holds 1 document with blank lines between them, at least 2 are needed:"
                        + " one to learn from, one held out");
        assertThatThrownBy(() -> Documents.read(write("\n \n"), Layout.LINES))
                .hasMessageContaining("holds 0 documents one per line");
    }

    @Test
    void missingFileAndForeignBytesAreRefusedByName() throws IOException {
        assertThatThrownBy(() -> Documents.read(directory.resolve("none.txt"), Layout.LINES))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("none.txt: no such file or directory");
        Path file = directory.resolve("bytes.txt");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 10});
        assertThatThrownBy(() -> Documents.read(file, Layout.LINES)).hasMessageEndingWith("is not UTF-8 text");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("text.txt"), text);
    }
}
