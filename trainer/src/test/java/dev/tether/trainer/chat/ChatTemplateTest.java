package dev.tether.trainer.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.run.settings.PromptSettings.Chat;
import dev.tether.trainer.chat.ChatMessage.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChatTemplateTest {
    private static final Conversation TALK = new Conversation(List.of(
            new ChatMessage(Role.SYSTEM, "Be brief."),
            new ChatMessage(Role.USER, "Hi"),
            new ChatMessage(Role.ASSISTANT, "Hello."),
            new ChatMessage(Role.USER, "{{ x }}?")));

    @TempDir
    Path model;

    private String render(Chat choice) {
        return ChatFiles.choose(choice, model).write(TALK);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(model.resolve(name), text);
    }

    @Test
    void theNamedTemplatesWriteTheirForms() throws IOException {
        write("tokenizer_config.json", "{\"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": \"</s>\"}");
        assertThat(render(Chat.CHATML))
                .isEqualTo("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
                        + "<|im_start|>assistant\nHello.<|im_end|>\n<|im_start|>user\n{{ x }}?<|im_end|>\n"
                        + "<|im_start|>assistant\n");
        assertThat(render(Chat.LLAMA_2))
                .isEqualTo(
                        "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello. </s><s>[INST] {{ x }}? [/INST]");
        assertThat(render(Chat.LLAMA_3))
                .isEqualTo("<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
                        + "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
                        + "<|start_header_id|>assistant<|end_header_id|>\n\nHello.<|eot_id|>"
                        + "<|start_header_id|>user<|end_header_id|>\n\n{{ x }}?<|eot_id|>"
                        + "<|start_header_id|>assistant<|end_header_id|>\n\n");
        assertThat(render(Chat.MISTRAL))
                .isEqualTo("<s>[INST] Be brief.\n\nHi [/INST] Hello.</s>[INST] {{ x }}? [/INST]");
        assertThat(render(Chat.ZEPHYR))
                .isEqualTo("<|system|>\nBe brief.</s>\n<|user|>\nHi</s>\n<|assistant|>\nHello.</s>\n"
                        + "<|user|>\n{{ x }}?</s>\n<|assistant|>\n");
    }

    @ParameterizedTest
    @EnumSource(names = {"LLAMA_2", "MISTRAL"})
    void whoSpeaksOutOfTurnIsRefused(Chat choice) {
        Conversation twice =
                new Conversation(List.of(new ChatMessage(Role.USER, "a"), new ChatMessage(Role.USER, "b")));
        assertThatThrownBy(() -> ChatFiles.choose(choice, model).write(twice))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("says: user and assistant must speak in turn");
    }

    @Test
    void theModelsOwnTemplateIsThatOfItsFileElseOfItsConfig() throws IOException {
        String config = "{\"bos_token\": \"<s>\", \"chat_template\": \"%s\"}";
        write("tokenizer_config.json", config.formatted("{{ bos_token }}C{{ messages | length }}"));
        assertThat(render(Chat.AUTO)).isEqualTo("<s>C4");
        write("tokenizer_config.json", """
                {"chat_template": [{"name": "tool_use", "template": "T"}, {"name": "default", "template": "D"}]}""");
        assertThat(render(Chat.AUTO)).isEqualTo("D");
        write("chat_template.jinja", "F\n");
        assertThat(render(Chat.AUTO)).isEqualTo("F");
    }

    @Test
    void withoutATemplateThatCanBeUsedTheWayOutIsNamed() throws IOException {
        assertThatThrownBy(() -> render(Chat.AUTO))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has no chat template")
                .hasMessageEndingWith(
                        "set prompts.chat_template to one of chatml, llama_2, llama_3, mistral, zephyr, role_tags");
        assertThatThrownBy(() -> render(Chat.NONE)).hasMessageContaining("prompts.chat_template = none");
        write("chat_template.jinja", "a\n{% macro x() %}");
        assertThatThrownBy(() -> render(Chat.AUTO))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("chat_template.jinja: line 2: the tag macro is not supported");
        Files.delete(model.resolve("chat_template.jinja"));
        write("tokenizer_config.json", "{");
        assertThatThrownBy(() -> render(Chat.AUTO)).hasMessageContaining("tokenizer_config.json: is not valid JSON");
    }
}
