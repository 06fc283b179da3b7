package dev.tether.cli.model;

import dev.tether.cli.console.Words;
import dev.tether.run.settings.PromptSettings.Chat;
import picocli.CommandLine.ITypeConverter;

/** Reads how conversations are written, as {@code prompts.chat_template} has it. */
public final class ChatName implements ITypeConverter<Chat> {
    @Override
    public Chat convert(String word) throws Exception {
        return Words.lowerCase(Chat.class).convert(word);
    }
}
