package dev.tether.torch.architecture;

import dev.tether.torch.architecture.PositionSpec.Rotary;
import java.util.Optional;

/**
 * Rotary settings of a config.json: {@code rope_parameters} (transformers 5) or {@code rope_theta} beside
 * {@code rope_scaling} (before it).
 */
final class RopeConfig {
    private static final double DEFAULT_THETA = 10000;

    private RopeConfig() {}

    static Rotary read(ConfigFile config, int headSize) {
        if (headSize % 2 != 0) {
            throw config.wrong("head_dim", "rotary positions need an even head size, it is " + headSize);
        }
        Optional<ConfigFile> parameters = config.object("rope_parameters");
        Optional<ConfigFile> scaling = parameters.isPresent() ? parameters : config.object("rope_scaling");
        double legacyTheta = config.positiveNumber("rope_theta", DEFAULT_THETA);
        double theta =
                parameters.map(p -> p.positiveNumber("rope_theta", legacyTheta)).orElse(legacyTheta);
        refusePartial(config);
        scaling.ifPresent(RopeConfig::refusePartial);
        return new Rotary(headSize, theta, scaling.map(RopeConfig::scaling).orElse(new RopeScaling.None()));
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
