package dev.tether.cli.model;

import dev.tether.cli.builtin.BuiltInModels;
import dev.tether.run.InputException;
import dev.tether.run.settings.PromptSettings;
import dev.tether.trainer.chat.ChatFiles;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.rollout.PromptFile;
import dev.tether.trainer.rollout.PromptReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

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

    /** The prompts that {@code settings} name. */
    public static PromptFile read(PromptSettings settings) {
        return read(settings.source(), settings.column());
    }

    /**
     * The prompts of that name.
     *
     * @param column of the file; empty = found
     */
    public static PromptFile read(String source, Optional<String> column) {
        if (ModelNames.isBuiltIn(source)) {
            String name = source.substring(ModelNames.BUILT_IN.length());
            return PromptFile.read(BuiltInModels.inUsersCache().prompts(name), column)
                    .called(source);
        }
        try {
            return PromptFile.read(Path.of(source), column);
        } catch (InvalidPathException e) {
            throw new InputException("prompts " + source + ": that is no file name", e);
        }
    }
}
