package dev.tether.trainer.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.run.settings.PromptSettings.Chat;
import dev.tether.trainer.chat.ChatMessage.Role;
import dev.tether.trainer.chat.ChatTemplate.SpecialTexts;
import dev.tether.trainer.chat.ChatWriter.Written;
import dev.tether.trainer.model.StopReason;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against Jinja2 3.1.6, set up as transformers does and cut as trl does: answers.json, made by answers.py beside it. */
class ChatAnswersTest {
    private static final SpecialTexts SPECIALS = new SpecialTexts("<s>", "</s>");

    private static JsonNode cases() throws Exception {
        try (InputStream in = ChatAnswersTest.class.getResourceAsStream("answers.json")) {
            return new JsonMapper().readTree(in.readAllBytes());
        }
    }

    private static Exchange exchange(JsonNode one) {
        return new Exchange(
                ChatMessage.list(one.path("before"), "before"), ChatMessage.list(one.path("answer"), "answer"));
    }

    /** Those that Tether brings along as they are now, not as they were when the cases were made. */
    private static ChatTemplate template(JsonNode one) {
        String name = one.path("template").stringValue().toUpperCase(Locale.ROOT);
        return Arrays.stream(Chat.values())
                .filter(chat -> chat.name().equals(name))
                .findFirst()
                .map(chat -> ChatTemplate.named(chat, SPECIALS))
                .orElseGet(() -> ChatTemplate.of("t", one.path("text").stringValue(), SPECIALS));
    }

    @Test
    void anAnswerIsWhatTrlTakesForOne() throws Exception {
        JsonNode cases = cases();
        assertThat(cases.size()).isEqualTo(24);
        for (JsonNode one : cases) {
            ChatTemplate template = template(one);
            String prompt = one.path("prompt").stringValue();
            assertThat(template.write(exchange(one), StopReason.ENDED))
                    .as("%s", one)
                    .isEqualTo(new Written(prompt, one.path("ended").stringValue()));
            assertThat(template.write(exchange(one), StopReason.TRUNCATED))
                    .as("%s", one)
                    .isEqualTo(new Written(prompt, one.path("cut").stringValue()));
        }
    }

    @Test
    void aTemplateThatChangesAnAnswerOrHidesItIsRefusedWhereThatMatters() {
        Exchange exchange =
                new Exchange(List.of(new ChatMessage(Role.USER, "a")), List.of(new ChatMessage(Role.ASSISTANT, "Yes")));
        ChatTemplate upper = ChatTemplate.of(
                "t", "{% for m in messages %}{{ m.role }}:{{ m.content | upper }};{% endfor %}", SPECIALS);
        assertThat(upper.write(exchange, StopReason.ENDED).answer()).isEqualTo("assistant:YES;");
        assertThatThrownBy(() -> upper.write(exchange, StopReason.TRUNCATED))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("t: does not write an answer as it stands")
                .hasMessageContaining("role_tags");
    }

    @Test
    void roleTagsWriteTheRoleBeforeEachMessageAsPlainText() {
        Exchange exchange = new Exchange(
                List.of(new ChatMessage(Role.SYSTEM, "S"), new ChatMessage(Role.USER, "a")),
                List.of(
                        new ChatMessage(Role.ASSISTANT, "b"),
                        new ChatMessage(Role.USER, "c"),
                        new ChatMessage(Role.ASSISTANT, "d")));
        Written expected = new Written("System: S\n\nUser: a\n\nAssistant:", " b\n\nUser: c\n\nAssistant: d");
        assertThat(RoleTags.ONLY.write(exchange, StopReason.ENDED)).isEqualTo(expected);
        assertThat(RoleTags.ONLY.write(exchange, StopReason.TRUNCATED)).isEqualTo(expected);
        assertThat(RoleTags.ONLY.write(new Conversation(exchange.before()))).isEqualTo(expected.prompt());
    }
}
