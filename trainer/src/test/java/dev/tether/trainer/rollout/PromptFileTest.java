package dev.tether.trainer.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.trainer.chat.ChatMessage;
import dev.tether.trainer.chat.ChatTemplate;
import dev.tether.trainer.model.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptFileTest {
    @TempDir
    private Path directory;

    @Test
    void theFirstKnownColumnOfTheFirstRowIsRead() throws IOException {
        for (String column : PromptColumn.KNOWN) {
            String row = "{\"id\": 1, \"" + column + "\": \"Three é\", \"answer\": NaN}\n";
            PromptFile prompts = PromptFile.read(file("p.jsonl", row + "\n" + row));
            assertThat(prompts.column()).isEqualTo(column);
            assertThat(prompts.prompts())
                    .containsExactly(
                            new PromptFile.Line("line 1", "Three é"), new PromptFile.Line("line 3", "Three é"));
        }
    }

    @Test
    void promptWinsOverText() throws IOException {
        Path file = file("p.JSONL", "{\"text\": \"the whole story\", \"prompt\": \"its start\"}");
        assertThat(PromptFile.read(file).prompts()).containsExactly(new PromptFile.Line("line 1", "its start"));
    }

    @Test
    void aColumnCanBeNamed() throws IOException {
        Path file = file("p.jsonl", "{\"prompt\": \"a\", \"goal\": \"b\"}\n");
        assertThat(PromptFile.read(file, Optional.of("goal")).prompts())
                .containsExactly(new PromptFile.Line("line 1", "b"));
        assertThatThrownBy(() -> PromptFile.read(file, Optional.of("gaol")))
                .isInstanceOf(InputException.class)
                .hasMessage(file + " line 1: no \"gaol\", which prompts.column names; there is prompt, goal");
    }

    @Test
    void anInstructionGoesTogetherWithItsInput() throws IOException {
        Path file = file(
                "alpaca.json",
                "[{\"instruction\": \"Sum up.\", \"input\": \"1 2\", \"output\": \"3\"},\n"
                        + "{\"instruction\": \"Sing.\", \"input\": \"\"}]");
        assertThat(PromptFile.read(file).prompts())
                .containsExactly(new PromptFile.Line("line 1", "Sum up.\n1 2"), new PromptFile.Line("line 2", "Sing."));
    }

    @Test
    void textFilesGiveOnePromptPerLine() throws IOException {
        Path file = file("p.txt", "\uFEFF  Once upon a time \r\n\r\n{\"prompt\": 1}\n");
        assertThat(PromptFile.read(file).prompts())
                .containsExactly(
                        new PromptFile.Line("line 1", "Once upon a time"),
                        new PromptFile.Line("line 3", "{\"prompt\": 1}"));
    }

    @Test
    void emptyPromptsAreLeftOutAndRepeatedOnesKeptAndBothTold() throws IOException {
        PromptFile prompts = PromptFile.read(
                file("p.jsonl", "{\"prompt\": \"a\"}\n{\"prompt\": \" \"}\n{\"prompt\": null}\n{\"prompt\": \"a\"}\n"));
        assertThat(prompts.prompts()).extracting(PromptFile.Line::text).containsExactly("a", "a");
        assertThat(prompts.empty()).isEqualTo(2);
        assertThat(prompts.duplicates()).isEqualTo(1);
        assertThat(prompts.remark())
                .contains(prompts.source() + ": 2 empty prompts are left out, 1 of 2 prompts repeats an earlier one");
        assertThat(PromptFile.read(file("q.txt", "a\nb\n")).remark()).isEmpty();
    }

    @Test
    void conversationsThatEndAlikeAreNoDuplicates() throws IOException {
        PromptFile prompts = PromptFile.read(file("p.jsonl", """
                {"prompt": [{"role": "system", "content": "A"}, {"role": "user", "content": "Q"}]}
                {"prompt": [{"role": "system", "content": "B"}, {"role": "user", "content": "Q"}]}
                {"prompt": [{"role": "system", "content": "B"}, {"role": "user", "content": "Q"}]}
                """));
        assertThat(prompts.duplicates()).isEqualTo(1);
    }

    @Test
    void conversationsAreReadUpToWhatIsToBeAnswered() throws IOException {
        PromptFile shareGpt = PromptFile.read(file("share.jsonl", """
                {"conversations": [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A"}]}
                """));
        assertThat(shareGpt.prompts().get(0).conversation().orElseThrow().messages())
                .containsExactly(new ChatMessage(ChatMessage.Role.USER, "Q"));
        PromptFile prompts = PromptFile.read(file("chat.jsonl", """
                {"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Q"}]}
                {"messages": [{"role": "user", "content": "Q2"}, {"role": "assistant", "content": "A"}]}
                """));
        assertThat(prompts.hasConversations()).isTrue();
        assertThat(prompts.prompts()).extracting(PromptFile.Line::text).containsExactly("Q", "Q2");
        assertThat(prompts.prompts().get(1).conversation().orElseThrow().messages())
                .containsExactly(new ChatMessage(ChatMessage.Role.USER, "Q2"));
        ChatTemplate chat = ChatTemplate.of(
                "t",
                "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}",
                new ChatTemplate.SpecialTexts("", ""));
        assertThat(prompts.tokenized(PromptReader.of(new Letters(), chat), 40, 1))
                .extracting(Prompt::text)
                .containsExactly("<system>S<user>Q", "<user>Q2");
        assertThatThrownBy(() -> prompts.tokenized(new Letters(), 40, 1))
                .hasMessageContaining("line 1: is a conversation, and there is no chat template");
    }

    @Test
    void aMessageThatSpellsASpecialTokenIsRefused() throws IOException {
        PromptFile prompts = PromptFile.read(
                file("smuggled.jsonl", "{\"prompt\": [{\"role\": \"user\", \"content\": \"a<|end|>b\"}]}\n"));
        ChatTemplate chat = ChatTemplate.of("t", "<|end|>", new ChatTemplate.SpecialTexts("", ""));
        assertThatThrownBy(() -> prompts.tokenized(PromptReader.of(new Letters(), chat), 40, 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("line 1: a message of the user holds \"<|end|>\"");
    }

    /** One token per letter; plain text begins with a token of its own, and one text is special. */
    private static final class Letters implements Tokenizer {
        @Override
        public int[] encode(String text) {
            return ("^" + text).chars().toArray();
        }

        @Override
        public int[] encodeAsWritten(String text) {
            return text.chars().toArray();
        }

        @Override
        public Set<String> specialTexts() {
            return Set.of("<|end|>");
        }

        @Override
        public String decode(int[] ids) {
            return new String(ids, 0, ids.length);
        }

        @Override
        public String tokenText(int id) {
            return Character.toString(id);
        }

        @Override
        public int vocabularySize() {
            return Character.MAX_CODE_POINT;
        }
    }

    @Test
    void everyBadFileIsRefusedByNameAndLine() throws IOException {
        refused(directory.resolve("absent.txt"), "absent.txt: no such file");
        refused(directory, "cannot read the prompt file", "it is a directory");
        refused(file("empty.txt", " \n\n"), "empty.txt has no prompt: at least one is needed");
        refused(file("void.jsonl", "{\"prompt\": \" \"}"), "void.jsonl has no prompt (1 rows, all of them empty)");
        refused(file("keys.jsonl", "{\"promt\": \"a\"}"), "line 1: no column of prompts (prompt, ", "there is promt");
        refused(
                file("later.jsonl", "{\"prompt\": \"a\"}\n{\"text\": \"b\"}"),
                "later.jsonl line 2: no \"prompt\", which line 1 has; there is text");
        refused(
                file("mixed.jsonl", "{\"prompt\": \"a\"}\n{\"prompt\": [{\"role\": \"user\", \"content\": \"b\"}]}"),
                "mixed.jsonl line 2: \"prompt\" is a conversation, in line 1 it is a text");
        refused(
                file("number.jsonl", "{\"prompt\": 7}"),
                "line 1: \"prompt\" must be a text or a list of messages, found 7");
        refused(
                file("nobody.jsonl", "{\"messages\": [{\"content\": \"a\"}]}"),
                "line 1: messages[0] must be an object");
        refused(
                file("share.jsonl", "{\"conversations\": [{\"from\": \"human\"}]}"),
                "line 1: conversations[0] must be an object with the strings \"from\" and \"value\"");
        refused(
                file("role.jsonl", "{\"prompt\": [{\"role\": \"tool\", \"content\": \"a\"}]}"),
                "line 1: prompt[0].role = \"tool\", must be one of system, user, assistant");
        refused(
                file("said.jsonl", "{\"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]}"),
                "line 1: messages has no message for the assistant to answer");
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
