package dev.tether.cli.model;

import dev.tether.cli.builtin.BuiltInModels;
import dev.tether.run.InputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** What the user may call a model: a Hugging Face directory, or {@code builtin:NAME}. */
public final class ModelNames {
    /** How the name of what ships inside of Tether begins. */
    public static final String BUILT_IN = "builtin:";

    private ModelNames() {}

    /** True for what ships inside of Tether. */
    public static boolean isBuiltIn(String name) {
        return name.startsWith(BUILT_IN);
    }

    /**
     * The directory of the model; one that is built in is unpacked first.
     *
     * @throws InputException when that is no name of a directory, or there is no such built-in model
     */
    public static Path directory(String name) {
        if (isBuiltIn(name)) {
            return BuiltInModels.inUsersCache().directory(name.substring(BUILT_IN.length()));
        }
        try {
            Path directory = Path.of(name);
            if (!Files.isDirectory(directory)) {
                throw new InputException("there is no model directory " + name);
            }
            return directory;
        } catch (InvalidPathException e) {
            throw new InputException("model " + name + ": that is no directory name", e);
        }
    }
}
