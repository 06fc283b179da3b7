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
import java.util.Set;
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
    void conversationsAreReadFromEitherKeyUpToWhatIsToBeAnswered() throws IOException {
        PromptFile prompts = PromptFile.read(file("chat.jsonl", """
                {"prompt": [{"role": "system", "content": "S"}, {"role": "user", "content": "Q"}]}
                {"messages": [{"role": "user", "content": "Q2"}, {"role": "assistant", "content": "A"}]}
                {"prompt": "plain"}
                """));
        assertThat(prompts.hasConversations()).isTrue();
        assertThat(prompts.prompts()).extracting(PromptFile.Line::text).containsExactly("Q", "Q2", "plain");
        assertThat(prompts.prompts().get(1).conversation().orElseThrow().messages())
                .containsExactly(new ChatMessage(ChatMessage.Role.USER, "Q2"));
        assertThat(prompts.prompts().get(2).conversation()).isEmpty();
        ChatTemplate chat = ChatTemplate.of(
                "t",
                "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}",
                new ChatTemplate.SpecialTexts("", ""));
        assertThat(prompts.tokenized(PromptReader.of(new Letters(), chat), 40, 1))
                .extracting(Prompt::text)
                .containsExactly("<system>S<user>Q", "<user>Q2", "plain");
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
        refused(directory, "cannot read the prompt file");
        refused(file("empty.txt", " \n\n"), "empty.txt has no prompt: at least one is needed");
        refused(file("torn.jsonl", "{\"prompt\": \"a\"}\n{\"prompt\": \"b\n"), "torn.jsonl line 2 is not JSON");
        refused(file("array.jsonl", "[\"a\"]"), "array.jsonl line 1 must be a JSON object");
        refused(file("keys.jsonl", "{\"promt\": \"a\"}"), "line 1: no \"prompt\"", "the row has promt");
        refused(file("number.jsonl", "{\"prompt\": 7}"), "line 1: \"prompt\" must be a string, found 7");
        refused(
                file("nobody.jsonl", "{\"messages\": [{\"content\": \"a\"}]}"),
                "line 1: messages[0] must be an object");
        refused(
                file("role.jsonl", "{\"prompt\": [{\"role\": \"tool\", \"content\": \"a\"}]}"),
                "line 1: prompt[0].role = \"tool\", must be one of system, user, assistant");
        refused(
                file("said.jsonl", "{\"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]}"),
                "line 1: messages has no message for the assistant to answer");
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
