package dev.tether.torch.architecture;

import java.util.List;

/** A family of models: how its config.json describes a network. */
public interface ModelFamily {
    /** The value of {@code model_type} in config.json. */
    String modelType();

    /** The values of {@code architectures} that are language models. */
    List<String> languageModels();

    /** The values of {@code architectures} that score a sequence with one number per position. */
    List<String> sequenceClassifiers();

    /**
     * The network that {@code config} describes.
     *
     * @throws dev.tether.run.InputException for a missing or wrong value, or an option that is not supported
     */
    DecoderSpec describe(ConfigFile config);

    /** Names in a checkpoint that are no parameters (cached masks and frequencies of older versions). */
    default boolean isIgnored(String tensorName) {
        return false;
    }
}
