package dev.tether.cli.train;

import dev.tether.cli.model.ModelNames;
import dev.tether.run.InputException;
import dev.tether.run.settings.RunSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes the files that settings name independent of the directory that a run was started in. */
final class FilePaths {
    private static final String LEXICON = "lexicon:";

    private FilePaths() {}

    /** The same settings with absolute files, so that the run can be resumed from anywhere. */
    static RunSettings absolute(RunSettings settings) {
        List<String> overrides = new ArrayList<>();
        overrides.add(
                "model.policy=" + absolute("model.policy", settings.model().policy()));
        settings.model()
                .reference()
                .ifPresent(name -> overrides.add("model.reference=" + absolute("model.reference", name)));
        overrides.add("prompts.source="
                + absolute("prompts.source", settings.prompts().source()));
        String reward = settings.reward().source();
        if (reward.startsWith(LEXICON) && reward.length() > LEXICON.length()) {
            String file = absolute("reward.source", reward.substring(LEXICON.length()));
            overrides.add("reward.source=" + LEXICON + file);
        }
        return settings.with(overrides.toArray(String[]::new));
    }

    private static String absolute(String setting, String name) {
        if (ModelNames.isBuiltIn(name)) {
            return name;
        }
        try {
            return Path.of(name).toAbsolutePath().normalize().toString();
        } catch (InvalidPathException e) {
            throw new InputException(setting + " = " + name + ": that is no file name", e);
        }
    }
}
