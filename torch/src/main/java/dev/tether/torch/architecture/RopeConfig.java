package dev.tether.torch.architecture;

import dev.tether.run.InputException;
import dev.tether.torch.architecture.PositionSpec.Rotary;
import java.util.Optional;

/**
 * Rotary settings of a config.json: {@code rope_parameters} (transformers 5) or {@code rope_theta} beside
 * {@code rope_scaling} (before it).
 */
final class RopeConfig {
    private static final double DEFAULT_THETA = 10000;
    /** Of GPT-NeoX. */
    private static final double DEFAULT_SHARE = 0.25;

    private RopeConfig() {}

    /** For a family that rotates whole heads. */
    static Rotary read(ConfigFile config, int headSize) {
        refusePartial(config);
        scalingObject(config).ifPresent(RopeConfig::refusePartial);
        if (headSize % 2 != 0) {
            throw config.wrong("head_dim", "rotary positions need an even head size, it is " + headSize);
        }
        return rotary(config, headSize, "rope_theta");
    }

    /** For a family that rotates the first values of each head and leaves the others. */
    static Rotary readPartial(ConfigFile config, int headSize) {
        String key = "partial_rotary_factor";
        double older = config.positiveNumber("rotary_pct", config.positiveNumber(key, DEFAULT_SHARE));
        double share = config.object("rope_parameters")
                .map(rope -> rope.positiveNumber(key, older))
                .orElse(older);
        int rotated = (int) (headSize * share);
        if (share > 1 || rotated < 1 || rotated + rotated % 2 > headSize) {
            throw new InputException(config.file() + ": a share of " + share + " of a head's " + headSize
                    + " values is rotated, must be more than none and at most all of them");
        }
        return rotary(config, rotated, "rotary_emb_base");
    }

    /** Refuses a configuration that leaves the base of the frequencies to a default. */
    static void requireTheta(ConfigFile config) {
        boolean there = config.has("rope_theta")
                || config.object("rope_parameters")
                        .filter(rope -> rope.has("rope_theta"))
                        .isPresent();
        if (!there) {
            throw config.missing("rope_theta", "a positive number");
        }
    }

    private static Rotary rotary(ConfigFile config, int size, String olderKey) {
        RopeScaling scaling = scalingObject(config).map(RopeConfig::scaling).orElse(new RopeScaling.None());
        double theta = config.object("rope_parameters")
                .filter(rope -> rope.has("rope_theta") || !config.has(olderKey))
                .map(rope -> rope.positiveNumber("rope_theta"))
                .orElse(config.positiveNumber(olderKey, DEFAULT_THETA));
        return new Rotary(size, theta, scaling);
    }

    private static Optional<ConfigFile> scalingObject(ConfigFile config) {
        return config.object("rope_parameters").or(() -> config.object("rope_scaling"));
    }

    private static RopeScaling scaling(ConfigFile rope) {
        String key = rope.has("rope_type") || !rope.has("type") ? "rope_type" : "type";
        return switch (rope.text(key).orElse("default")) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(rope.positiveNumber("factor"));
            case "llama3" -> llama3(rope);
            default -> throw rope.wrong(key, "is not supported; supported: default, linear, llama3");
        };
    }

    private static RopeScaling llama3(ConfigFile rope) {
        double low = rope.positiveNumber("low_freq_factor");
        double high = rope.positiveNumber("high_freq_factor");
        if (high <= low) {
            throw rope.wrong("high_freq_factor", "must be greater than low_freq_factor = " + low);
        }
        return new RopeScaling.Llama3(
                rope.positiveNumber("factor"), low, high, rope.positiveInteger("original_max_position_embeddings"));
    }

    private static void refusePartial(ConfigFile config) {
        if (config.positiveNumber("partial_rotary_factor", 1) != 1) {
            throw config.wrong("partial_rotary_factor", "is not supported for this family, must be 1");
        }
    }
}
