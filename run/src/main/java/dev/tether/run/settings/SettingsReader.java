package dev.tether.run.settings;

import dev.tether.run.InputException;
import java.nio.file.Path;
import java.util.List;

/**
 * YAML and {@code path=value} overrides to settings. What is not given is as in {@link RunSettings#defaults}. Every
 * refusal is an {@link InputException} of one line: {@code run.yaml:4:3: unknown key update.epoch; did you mean update.epochs?}
 */
public final class SettingsReader {
    /** How the place of an override begins in a message. */
    static final String OVERRIDE = "--set ";

    private SettingsReader() {}

    /**
     * Reads a YAML file; later overrides win over earlier ones and over the file.
     *
     * @param overrides each {@code path=value}, such as {@code update.epochs=2} or {@code reward.clip=null}
     */
    public static RunSettings read(Path file, List<String> overrides) {
        Node.Mapping root = YamlText.read(file);
        overrides.forEach(override -> apply(root, override));
        return new Binder(root).bind(RunSettings.defaults());
    }

    /** The defaults with overrides. */
    public static RunSettings defaults(List<String> overrides) {
        return override(RunSettings.defaults(), overrides);
    }

    /** Every key that can be set, such as {@code update.epochs}, sections left out. */
    public static List<String> keys() {
        List<String> paths = Schema.paths(RunSettings.class, "");
        return paths.stream()
                .filter(path -> paths.stream().noneMatch(other -> other.startsWith(path + ".")))
                .toList();
    }

    static RunSettings override(RunSettings settings, List<String> overrides) {
        Node.Mapping root = Node.Mapping.empty("settings");
        overrides.forEach(override -> apply(root, override));
        return new Binder(root).bind(settings);
    }

    private static void apply(Node.Mapping root, String override) {
        String place = OVERRIDE + override;
        int equals = override.indexOf('=');
        if (equals < 1 || equals == override.length() - 1) {
            throw new InputException(place + ": must be path=value, such as update.epochs=2");
        }
        String[] path = override.substring(0, equals).strip().split("\\.", -1);
        Node.Mapping section = root;
        for (int i = 0; i < path.length - 1; i++) {
            if (!(section.values().get(path[i]) instanceof Node.Mapping)) {
                section.put(path[i], Node.Mapping.empty(place), place);
            }
            section = (Node.Mapping) section.values().get(path[i]);
        }
        section.put(path[path.length - 1], YamlText.value(place, override.substring(equals + 1)), place);
    }
}
