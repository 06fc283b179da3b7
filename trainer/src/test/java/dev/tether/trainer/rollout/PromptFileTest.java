package dev.tether.trainer.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptFileTest {
    @TempDir
    private Path directory;

    @Test
    void jsonLinesGiveTheTextUnderPromptOrTextOrQuery() throws IOException {
        Path file =
                file("p.jsonl", "{\"prompt\": \"Once\"}\n\n{\"text\":\"Twice\"}\n{\"id\":1,\"query\":\"Three é\"}\n");
        assertThat(PromptFile.read(file).prompts())
                .containsExactly(
                        new PromptFile.Line(1, "Once"),
                        new PromptFile.Line(3, "Twice"),
                        new PromptFile.Line(4, "Three é"));
    }

    @Test
    void promptWinsOverText() throws IOException {
        Path file = file("p.JSONL", "{\"text\": \"the whole story\", \"prompt\": \"its start\"}");
        assertThat(PromptFile.read(file).prompts()).containsExactly(new PromptFile.Line(1, "its start"));
    }

    @Test
    void textFilesGiveOnePromptPerLine() throws IOException {
        Path file = file("p.txt", "  Once upon a time \r\n\r\n{\"prompt\": 1}\n");
        assertThat(PromptFile.read(file).prompts())
                .containsExactly(new PromptFile.Line(1, "Once upon a time"), new PromptFile.Line(3, "{\"prompt\": 1}"));
    }

    @Test
    void everyBadFileIsRefusedByNameAndLine() throws IOException {
        refused(directory.resolve("absent.txt"), "absent.txt: no such file");
        refused(directory, "cannot read the prompt file");
        refused(file("empty.txt", " \n\n"), "empty.txt has no prompt: at least one is needed");
        refused(file("torn.jsonl", "{\"prompt\": \"a\"}\n{\"prompt\": \"b\n"), "torn.jsonl line 2 is not JSON");
        refused(file("array.jsonl", "[\"a\"]"), "array.jsonl line 1 must be a JSON object");
        refused(file("keys.jsonl", "{\"promt\": \"a\"}"), "line 1: no \"prompt\"", "the row has promt");
        refused(file("number.jsonl", "{\"prompt\": 7}"), "line 1: \"prompt\" must be a string, found 7");
        refused(file("blank.jsonl", "{\"prompt\": \" \"}"), "line 1: \"prompt\" is empty");
        Files.write(directory.resolve("latin.txt"), new byte[] {'a', (byte) 0xe9, '\n'});
        refused(directory.resolve("latin.txt"), "latin.txt is not UTF-8 text");
    }

    private void refused(Path file, String... fragments) {
        assertThatThrownBy(() -> PromptFile.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(fragments);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content, StandardCharsets.UTF_8);
    }
}
