package dev.tether.trainer.chat;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.settings.PromptSettings.Chat;
import dev.tether.trainer.chat.ChatTemplate.SpecialTexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a model directory says of chats: {@code chat_template.jinja}, else {@code tokenizer_config.json}. */
public final class ChatFiles {
    private static final String CONFIG = "tokenizer_config.json";
    private static final String TEMPLATE = "chat_template.jinja";
    private static final JsonMapper JSON = JsonMapper.shared();

    private ChatFiles() {}

    /**
     * How conversations are written for the model in {@code modelDirectory}.
     *
     * @throws InputException when there is no template, or it cannot be read
     */
    public static ChatWriter choose(Chat choice, Path modelDirectory) {
        JsonNode config = config(modelDirectory.resolve(CONFIG));
        SpecialTexts specials = new SpecialTexts(special(config.path("bos_token")), special(config.path("eos_token")));
        return switch (choice) {
            case AUTO -> own(modelDirectory, config, specials);
            case NONE ->
                throw new InputException("there are conversations, and prompts.chat_template = none: to have them"
                        + " written for the model, set it to auto, " + ChatTemplate.others());
            case ROLE_TAGS -> RoleTags.ONLY;
            default -> ChatTemplate.named(choice, specials);
        };
    }

    private static ChatTemplate own(Path directory, JsonNode config, SpecialTexts specials) {
        Path file = directory.resolve(TEMPLATE);
        if (Files.exists(file)) {
            return ChatTemplate.of(file.toString(), read(file), specials);
        }
        JsonNode template = config.path("chat_template");
        for (JsonNode named : template.isArray() ? template : JSON.createArrayNode()) {
            if (named.path("name").asString("").equals("default")) {
                template = named.path("template");
            }
        }
        if (!template.isString()) {
            throw new InputException("there are conversations, and " + directory + " has no chat template (neither "
                    + TEMPLATE + " nor one in " + CONFIG + "); set prompts.chat_template to one of "
                    + ChatTemplate.others());
        }
        return ChatTemplate.of(directory.resolve(CONFIG) + " chat_template", template.stringValue(), specials);
    }

    /** A token is written as its text or as an object with its text. */
    private static String special(JsonNode token) {
        return token.isObject() ? token.path("content").asString("") : token.asString("");
    }

    private static JsonNode config(Path file) {
        if (!Files.exists(file)) {
            return JSON.createObjectNode();
        }
        try {
            return JSON.readTree(read(file));
        } catch (JacksonException e) {
            throw new InputException(file + ": is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }
}
