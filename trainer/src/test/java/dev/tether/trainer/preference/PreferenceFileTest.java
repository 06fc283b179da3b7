package dev.tether.trainer.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.run.InputException;
import dev.tether.trainer.chat.ChatMessage;
import dev.tether.trainer.chat.ChatMessage.Role;
import dev.tether.trainer.model.StopReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferenceFileTest {
    private static final PreferencePair SKY = new PreferencePair("The sky is", " blue.", " green.");

    private static final List<ChatMessage> SHORT =
            List.of(new ChatMessage(Role.SYSTEM, "Be short."), new ChatMessage(Role.USER, "Sky?"));

    @TempDir
    Path directory;

    private PreferenceFile read(String text) throws IOException {
        return read("pairs.jsonl", text);
    }

    private PreferenceFile read(String name, String text) throws IOException {
        return PreferenceFile.read(Files.writeString(directory.resolve(name), text), StopReason.ENDED);
    }

    private PreferencePair only(String text) throws IOException {
        PreferenceFile file = read("pairs.json", text.startsWith("[") ? text : "[" + text + "]");
        assertThat(file.rows()).hasSize(1);
        return file.rows().get(0).pair();
    }

    @Test
    void anExplicitPromptOfTrlIsRead() throws IOException {
        assertThat(only("""
                {"prompt": "The sky is", "chosen": " blue.", "rejected": " green."}""")).isEqualTo(SKY);
    }

    @Test
    void anImplicitPromptIsWhatBothTextsBeginWithAndTheSpaceBelongsToTheAnswers() throws IOException {
        assertThat(only("""
                {"chosen": "The sky is blue.", "rejected": "The sky is green."}""")).isEqualTo(SKY);
    }

    private static PreferencePair sky(List<ChatMessage> before) {
        return PreferencePair.of(
                before,
                List.of(new ChatMessage(Role.ASSISTANT, "Blue.")),
                List.of(new ChatMessage(Role.ASSISTANT, "Green.")));
    }

    @Test
    void conversationsAreShownWithTheRoleBeforeEachMessage() {
        PreferencePair pair = sky(SHORT);
        assertThat(pair.prompt()).isEqualTo("System: Be short.\n\nUser: Sky?\n\nAssistant:");
        assertThat(pair.chosen()).isEqualTo(" Blue.");
        assertThat(pair.rejected()).isEqualTo(" Green.");
    }

    @Test
    void messagesOfTrlAreRead() throws IOException {
        assertThat(only("""
                {"prompt": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Sky?"}],
                 "chosen": [{"role": "assistant", "content": "Blue."}],
                 "rejected": [{"role": "assistant", "content": "Green."}]}""")).isEqualTo(sky(SHORT));
    }

    @Test
    void theMessagesThatBothConversationsBeginWithAreThePrompt() throws IOException {
        assertThat(only("""
                {"chosen": [{"role": "user", "content": "Sky?"}, {"role": "assistant", "content": "Blue."}],
                 "rejected": [{"role": "user", "content": "Sky?"}, {"role": "assistant", "content": "Green."}]}""")).isEqualTo(sky(SHORT.subList(1, 2)));
    }

    @Test
    void instructionAndInputOfLlamaFactoryAreOnePrompt() throws IOException {
        assertThat(only("""
                {"instruction": "Which colour?", "input": "the sky", "chosen": "blue", "rejected": "green"}""")).isEqualTo(new PreferencePair("Which colour?\nthe sky", "blue", "green"));
    }

    @Test
    void conversationsOfLlamaFactoryAreRead() throws IOException {
        assertThat(only("""
                [{"conversations": [{"from": "human", "value": "Sky?"}], "system": "Be short.",
                  "chosen": {"from": "gpt", "value": "Blue."}, "rejected": {"from": "gpt", "value": "Green."}}]""")).isEqualTo(sky(SHORT));
    }

    @Test
    void aRowSaysHowItsAnswersEndedAndByHowMuchOneIsBetter() throws IOException {
        PreferenceRow row = read("""
                {"prompt": "p", "chosen": "a", "rejected": "b", "chosen_ended": false, "margin": 0.5}
                """).rows().get(0);
        assertThat(row.chosenEnd()).isEqualTo(StopReason.TRUNCATED);
        assertThat(row.rejectedEnd()).isEqualTo(StopReason.ENDED);
        assertThat(row.margin()).isEqualTo(0.5);
    }

    @Test
    void whatIsWrittenIsReadAsTheSame() throws IOException {
        PreferenceRow row = new PreferenceRow(SKY, StopReason.TRUNCATED, StopReason.ENDED, 2, "here");
        PreferenceRow back = read(PairWriter.jsonLines(List.of(row))).rows().get(0);
        assertThat(back).usingRecursiveComparison().ignoringFields("place").isEqualTo(row);
        PreferenceRow spoken = new PreferenceRow(sky(SHORT), StopReason.TRUNCATED, "here");
        PreferenceRow again = read(PairWriter.jsonLines(List.of(spoken))).rows().get(0);
        assertThat(again).usingRecursiveComparison().ignoringFields("place").isEqualTo(spoken);
    }

    @Test
    void aTableOfTextsIsReadToo() throws IOException {
        PreferenceRow row = read(
                        "pairs.csv",
                        "prompt,chosen,rejected,margin,chosen_ended\nThe sky is, blue., green.,0.5,false\n")
                .rows()
                .get(0);
        assertThat(row.pair()).isEqualTo(SKY);
        assertThat(row.margin()).isEqualTo(0.5);
        assertThat(row.chosenEnd()).isEqualTo(StopReason.TRUNCATED);
        assertThat(read("empty.csv", "prompt,chosen,rejected,margin,chosen_ended\np,a,b,,\n")
                        .rows()
                        .get(0)
                        .margin())
                .isZero();
    }

    @Test
    void rowsWhoseAnswersAreTheSameAreLeftOutAndCounted() throws IOException {
        PreferenceFile file = read("""
                {"prompt": "p", "chosen": "a", "rejected": "a"}

                {"prompt": "p", "chosen": "a", "rejected": "b"}
                """);
        assertThat(file.rows()).hasSize(1);
        assertThat(file.alike()).isEqualTo(1);
        assertThat(file.rows().get(0).place()).endsWith("pairs.jsonl line 3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '§',
            value = {
                "{\"prompt\": \"p\", \"chosen\": \"a\"} | line 2: no \"chosen\" and \"rejected\"; the row has prompt, chosen",
                "{\"prompt\": 3, \"chosen\": \"a\", \"rejected\": \"b\"} | line 2: \"prompt\" must be a text, found 3",
                "{\"chosen\": \"a\", \"rejected\": | line 2 is not JSON",
                "[1] | line 2 must be a JSON object",
                "{\"chosen\": [{\"role\": \"tool\", \"content\": \"x\"}], \"rejected\": []} | chosen[0].role = \"tool\", must be one of system",
                "{\"chosen\": [{\"role\": \"user\", \"content\": \"x\"}], \"rejected\": [{\"role\": \"assistant\", \"content\": \"y\"}]} | the answer in \"chosen\" must begin and end with the assistant's words",
                "{\"instruction\": \"i\", \"history\": [[\"a\", \"b\"]], \"chosen\": \"a\", \"rejected\": \"b\"} | \"history\" is not supported",
                "{\"chosen\": \"a\", \"rejected\": \"b\", \"margin\": -1} | \"margin\" must be a number >= 0, found -1",
                "{\"chosen\": \"a\", \"rejected\": \"b\", \"chosen_ended\": 1} | \"chosen_ended\" must be true or false, found 1"
            })
    void aWrongRowIsRefusedByFileAndLine(String row, String message) {
        assertThatThrownBy(() -> read("{\"chosen\": \"a\", \"rejected\": \"b\"}\n" + row + "\n"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("pairs.jsonl")
                .hasMessageContaining(message.strip());
    }

    @Test
    void aFileThatIsMissingEmptyOrNotUtf8IsRefused() throws IOException {
        assertThatThrownBy(() -> PreferenceFile.read(directory.resolve("none"), StopReason.ENDED))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cannot read the preference file");
        assertThatThrownBy(() -> read("\n")).hasMessageContaining("has no pair: at least one is needed");
        Path latin = directory.resolve("latin.jsonl");
        Files.write(latin, "{\"chosen\": \"é\", \"rejected\": \"b\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> PreferenceFile.read(latin, StopReason.ENDED))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("latin.jsonl line 1 is not JSON: Invalid UTF-8");
    }

    @Test
    void theDemonstrationFileOfLlamaFactoryIsReadWhole() {
        Path file = Path.of(System.getProperty("tether.shared", "../../shared"))
                .resolve("text/preference/llamafactory_dpo_en_demo.json");
        assumeTrue(Files.exists(file), "needs " + file);
        PreferenceFile read = PreferenceFile.read(file, StopReason.ENDED);
        assertThat(read.rows().size() + read.alike()).isEqualTo(300);
        assertThat(read.rows().get(0).pair().prompt())
                .startsWith("User: Hi! I'd like")
                .endsWith("\n\nAssistant:");
        assertThat(read.rows().get(0).pair().chosen()).startsWith(" That sounds like a fun");
    }

    @Test
    void linesOfTwoTextsArePairedEachOnceAndThoseInBothNowhere() throws IOException {
        Path liked = Files.writeString(directory.resolve("good"), "a\nb\n\nb\nc\nboth\n");
        Path disliked = Files.writeString(directory.resolve("bad"), "x\r\nboth\r\ny\r\n");
        var rows = TextPairs.of(liked, disliked, StopReason.TRUNCATED, 1);
        assertThat(rows).extracting(row -> row.pair().rejected()).containsExactlyInAnyOrder("x", "y");
        assertThat(rows)
                .extracting(row -> row.pair().chosen())
                .doesNotHaveDuplicates()
                .isSubsetOf("a", "b", "c");
        assertThat(TextPairs.of(liked, disliked, StopReason.TRUNCATED, 1)).isEqualTo(rows);
        assertThatThrownBy(() -> TextPairs.of(liked, liked, StopReason.ENDED, 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no pair can be made of");
    }
}
