package dev.tether.cli.model;

import dev.tether.cli.builtin.BuiltInModels;
import dev.tether.cli.hub.HubModels;
import dev.tether.cli.hub.HubName;
import dev.tether.run.InputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the user may call a model: a Hugging Face directory, {@code hf:org/name}, or {@code builtin:NAME}. */
public final class ModelNames {
    /** How the name of what ships inside of Tether begins. */
    public static final String BUILT_IN = "builtin:";

    /** So that policy and reference of one name are one commit, even where the branch moves between. */
    private static final Map<HubName, Path> FETCHED = new ConcurrentHashMap<>();

    private ModelNames() {}

    /** True for what ships inside of Tether. */
    public static boolean isBuiltIn(String name) {
        return name.startsWith(BUILT_IN);
    }

    /** True for what is no path, so that it means the same wherever Tether was started. */
    public static boolean isNoPath(String name) {
        return isBuiltIn(name) || HubName.isOne(name);
    }

    /**
     * The directory of the model; one that is built in is unpacked first, one on a hub downloaded.
     *
     * @throws InputException when that is no name of a directory, or there is no such model
     */
    public static Path directory(String name) {
        if (isBuiltIn(name)) {
            return BuiltInModels.inUsersCache().directory(name.substring(BUILT_IN.length()));
        }
        if (HubName.isOne(name)) {
            return FETCHED.computeIfAbsent(
                    HubName.parse(name), each -> HubModels.fromEnvironment().directory(each));
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
