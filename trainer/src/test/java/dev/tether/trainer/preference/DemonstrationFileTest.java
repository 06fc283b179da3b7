package dev.tether.trainer.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.trainer.chat.ChatMessage;
import dev.tether.trainer.chat.ChatMessage.Role;
import dev.tether.trainer.chat.Exchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemonstrationFileTest {
    @TempDir
    Path directory;

    private List<Demonstration> read(String text) throws IOException {
        return DemonstrationFile.read(Files.writeString(directory.resolve("answers.json"), "[" + text + "]"));
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
            })
    void everyLayoutOfTextsIsRead(String row, String prompt, String response) throws IOException {
        List<Demonstration> read = read(row);
        assertThat(read).hasSize(1);
        assertThat(read.get(0).prompt()).isEqualTo(prompt == null ? "" : prompt.replace("\\n", "\n"));
        assertThat(read.get(0).response()).isEqualTo(response);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt\": [{\"role\": \"user\", \"content\": \"2+2?\"}],"
                        + " \"completion\": [{\"role\": \"assistant\", \"content\": \"4\"}]}",
                "{\"conversations\": [{\"from\": \"human\", \"value\": \"2+2?\"}, {\"from\": \"gpt\", \"value\": \"4\"}]}"
            })
    void everyLayoutOfConversationsIsRead(String row) throws IOException {
        Exchange sum = new Exchange(
                List.of(new ChatMessage(Role.USER, "2+2?")), List.of(new ChatMessage(Role.ASSISTANT, "4")));
        assertThat(read(row)).extracting(Demonstration::exchange).containsExactly(Optional.of(sum));
    }

    @Test
    void everyAnswerOfTheAssistantIsADemonstration() throws IOException {
        List<ChatMessage> said = List.of(
                new ChatMessage(Role.USER, "a"),
                new ChatMessage(Role.ASSISTANT, "b"),
                new ChatMessage(Role.USER, "c"),
                new ChatMessage(Role.ASSISTANT, "d"));
        assertThat(read("""
                {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"},
                              {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}"""))
                .extracting(each -> each.exchange().orElseThrow())
                .containsExactly(
                        new Exchange(said.subList(0, 1), said.subList(1, 2)),
                        new Exchange(said.subList(0, 3), said.subList(3, 4)));
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
                .hasMessageContaining("answers.json " + message.strip());
    }
}
