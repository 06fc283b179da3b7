package dev.tether.cli.train;

import dev.tether.cli.model.ModelNames;
import dev.tether.run.InputException;
import dev.tether.run.settings.RunSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Makes the files that settings name independent of the directory that a run was started in. */
public final class FilePaths {
    private static final List<String> WITH_A_FILE = List.of("lexicon:", "preferences:", "model:", "onnx:");

    private FilePaths() {}

    /** The same settings with absolute files, so that the run can be resumed from anywhere. */
    public static RunSettings absolute(RunSettings settings) {
        List<String> overrides = new ArrayList<>();
        overrides.add(
                "model.policy=" + absolute("model.policy", settings.model().policy()));
        settings.model()
                .reference()
                .ifPresent(name -> overrides.add("model.reference=" + absolute("model.reference", name)));
        settings.lora().adapter().ifPresent(name -> overrides.add("lora.adapter=" + absolute("lora.adapter", name)));
        overrides.add("prompts.source="
                + absolute("prompts.source", settings.prompts().source()));
        overrides.add("reward.source="
                + absoluteReward("reward.source", settings.reward().source()));
        if (!settings.reward().plus().isEmpty()) {
            overrides.add("reward.plus="
                    + settings.reward().plus().stream()
                            .map(more -> "{source: " + quoted(absoluteReward("reward.plus", more.source()))
                                    + ", weight: " + more.weight() + "}")
                            .collect(Collectors.joining(", ", "[", "]")));
        }
        settings.reward().gold().ifPresent(gold -> overrides.add("reward.gold=" + absoluteReward("reward.gold", gold)));
        settings.dpo().pairs().ifPresent(file -> overrides.add("dpo.pairs=" + absolute("dpo.pairs", file)));
        return settings.with(overrides.toArray(String[]::new));
    }

    /** As YAML has it, whatever signs are in it. */
    private static String quoted(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }

    private static String absoluteReward(String setting, String reward) {
        for (String kind : WITH_A_FILE) {
            if (reward.startsWith(kind) && reward.length() > kind.length()) {
                return kind + absolute(setting, reward.substring(kind.length()));
            }
        }
        return reward;
    }

    private static String absolute(String setting, String name) {
        if (ModelNames.isNoPath(name)) {
            return name;
        }
        try {
            return Path.of(name).toAbsolutePath().normalize().toString();
        } catch (InvalidPathException e) {
            throw new InputException(setting + " = " + name + ": that is no file name", e);
        }
    }
}
