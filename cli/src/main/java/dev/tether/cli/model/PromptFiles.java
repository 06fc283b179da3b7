package dev.tether.cli.model;

import dev.tether.cli.builtin.BuiltInModels;
import dev.tether.trainer.rollout.PromptFile;
import java.nio.file.Path;

/** What the user may call prompts: a file, or {@code builtin:NAME}. */
public final class PromptFiles {
    private PromptFiles() {}

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
