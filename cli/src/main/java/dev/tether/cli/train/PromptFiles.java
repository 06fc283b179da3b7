package dev.tether.cli.train;

import dev.tether.cli.model.ModelNames;
import dev.tether.run.InputException;
import dev.tether.trainer.rollout.PromptFile;
import java.nio.file.Path;

/** What the user may call prompts: a file, or {@code builtin:NAME}. */
final class PromptFiles {
    private PromptFiles() {}

    static PromptFile read(String source) {
        if (ModelNames.isBuiltIn(source)) {
            throw new InputException("prompts.source = " + source + ": there are no such prompts");
        }
        return PromptFile.read(Path.of(source));
    }
}
