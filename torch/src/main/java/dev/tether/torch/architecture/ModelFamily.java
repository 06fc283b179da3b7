package dev.tether.torch.architecture;

import java.util.List;
import java.util.function.Function;

/**
 * A family of models as data.
 *
 * @param modelType the value of {@code model_type} in config.json
 * @param languageModels the values of {@code architectures} that are language models
 * @param sequenceClassifiers the values of {@code architectures} that score a sequence with a linear head
 * @param outputHead name of the output weight where it is not the embedding itself
 * @param ignored ends of names in a checkpoint that are no parameters (cached masks and frequencies of older versions)
 * @param description the network that a config.json describes; throws {@link dev.tether.run.InputException} for a
 *     missing or wrong value, or an option that is not supported
 */
public record ModelFamily(
        String modelType,
        List<String> languageModels,
        List<String> sequenceClassifiers,
        String outputHead,
        List<String> ignored,
        Function<ConfigFile, DecoderSpec> description) {
    public ModelFamily {
        languageModels = List.copyOf(languageModels);
        sequenceClassifiers = List.copyOf(sequenceClassifiers);
        ignored = List.copyOf(ignored);
    }

    /** Whether a tensor of that name in a checkpoint is no parameter. */
    public boolean isIgnored(String tensorName) {
        return ignored.stream().anyMatch(tensorName::endsWith);
    }
}
