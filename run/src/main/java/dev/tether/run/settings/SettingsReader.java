package dev.tether.run.settings;

import java.nio.file.Path;
import java.util.List;

/** YAML and {@code path=value} overrides to settings. */
public final class SettingsReader {
    private SettingsReader() {}

    /** placeholder */
    public static RunSettings read(Path file, List<String> overrides) {
        throw new UnsupportedOperationException();
    }

    public static RunSettings defaults(List<String> overrides) {
        return override(RunSettings.defaults(), overrides);
    }

    static RunSettings override(RunSettings settings, List<String> overrides) {
        throw new UnsupportedOperationException();
    }
}
