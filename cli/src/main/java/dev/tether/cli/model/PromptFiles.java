package dev.tether.cli.model;

import dev.tether.cli.builtin.BuiltInModels;
import dev.tether.run.settings.PromptSettings;
import dev.tether.trainer.chat.ChatFiles;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.rollout.PromptFile;
import dev.tether.trainer.rollout.PromptReader;
import java.nio.file.Path;

/** What the user may call prompts: a file, or {@code builtin:NAME}. */
public final class PromptFiles {
    private PromptFiles() {}

    /** How {@code prompts} become tokens of the model in {@code directory}; its chat template is opened if it is needed. */
    public static PromptReader reader(
            PromptFile prompts, PromptSettings settings, Path directory, Tokenizer tokenizer) {
        return prompts.hasConversations()
                ? PromptReader.of(tokenizer, ChatFiles.choose(settings.chatTemplate(), directory))
                : PromptReader.ofTexts(tokenizer);
    }

    /** The prompts of that name. */
    public static PromptFile read(String source) {
        if (ModelNames.isBuiltIn(source)) {
            String name = source.substring(ModelNames.BUILT_IN.length());
            Path file = BuiltInModels.inUsersCache().prompts(name);
            return new PromptFile(source, PromptFile.read(file).prompts());
        }
        return PromptFile.read(Path.of(source));
    }
}
