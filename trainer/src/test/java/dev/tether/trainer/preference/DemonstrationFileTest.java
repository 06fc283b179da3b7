package dev.tether.trainer.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemonstrationFileTest {
    @TempDir
    Path directory;

    private List<Demonstration> read(String text) throws IOException {
        return DemonstrationFile.read(Files.writeString(directory.resolve("answers.jsonl"), text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '§',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "{\"prompt\": \"2+2=\", \"completion\": \"4\"}|2+2=|4",
                "{\"text\": \"a story\"}||a story",
                "{\"instruction\": \"Add.\", \"input\": \"2+2\", \"output\": \"4\"}|Add.\\n2+2|4",
                "{\"prompt\": [{\"role\": \"user\", \"content\": \"2+2?\"}],"
                        + " \"completion\": [{\"role\": \"assistant\", \"content\": \"4\"}]}|User: 2+2?\\n\\nAssistant:| 4",
                "{\"conversations\": [{\"from\": \"human\", \"value\": \"2+2?\"}, {\"from\": \"gpt\", \"value\": \"4\"}]}"
                        + "|User: 2+2?\\n\\nAssistant:| 4"
            })
    void everyLayoutIsRead(String row, String prompt, String response) throws IOException {
        List<Demonstration> read = read(row);
        assertThat(read).hasSize(1);
        assertThat(read.get(0).prompt()).isEqualTo(prompt == null ? "" : prompt.replace("\\n", "\n"));
        assertThat(read.get(0).response()).isEqualTo(response);
    }

    @Test
    void everyAnswerOfTheAssistantIsADemonstration() throws IOException {
        List<Demonstration> read = read("""
                {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"},
                              {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}""");
        assertThat(read).extracting(Demonstration::response).containsExactly(" b", " d");
        assertThat(read.get(1).prompt()).isEqualTo("User: a\n\nAssistant: b\n\nUser: c\n\nAssistant:");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '§',
            value = {
                "{\"question\": \"x\"} | line 1: no \"text\", no \"prompt\" and \"completion\", no \"messages\"; the row has question",
                "{\"prompt\": \"x\"} | line 1: \"completion\" must be a text, found nothing",
                "{\"text\": \"\"} | line 1: there is nothing to learn",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]} | line 1: the conversation has no answer"
            })
    void aWrongRowIsRefusedByFileAndLine(String row, String message) {
        assertThatThrownBy(() -> read(row))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("answers.jsonl " + message.strip());
    }
}
