package dev.tether.torch.architecture;

import dev.tether.run.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The supported families. */
public final class ModelFamilies {
    private static final List<ModelFamily> ALL = List.of(
            LlamaFamilies.llama(),
            LlamaFamilies.mistral(),
            LlamaFamilies.qwen2(),
            LlamaFamilies.qwen3(),
            GptNeoX.family(),
            Gpt2.family());

    private ModelFamilies() {}

    /** The family that {@code config} belongs to. */
    public static ModelFamily of(ConfigFile config) {
        refuseQuantized(config);
        String type = config.text("model_type").orElse(null);
        if (type == null) {
            throw new InputException(config.file() + ": model_type is missing, supported: " + supported());
        }
        return ALL.stream()
                .filter(family -> family.modelType().equals(type))
                .findFirst()
                .orElseThrow(() -> config.wrong("model_type", "is not supported; supported: " + supported()));
    }

    /** Refuses a configuration that is not of a language model. */
    public static void requireLanguageModel(ModelFamily family, ConfigFile config) {
        require(family.languageModels(), "a language model is needed", config);
    }

    /** Refuses a configuration that is not of a sequence classifier. */
    public static void requireSequenceClassifier(ModelFamily family, ConfigFile config) {
        require(family.sequenceClassifiers(), "a sequence classifier is needed", config);
    }

    /** Refuses a configuration that is neither of a sequence classifier nor of a language model, which may have a head. */
    public static void requireScorer(ModelFamily family, ConfigFile config) {
        List<String> names = new ArrayList<>(family.sequenceClassifiers());
        names.addAll(family.languageModels());
        require(names, "a sequence classifier or a language model with a value head is needed", config);
    }

    /** A configuration without {@code architectures} is taken at its model_type. */
    private static void require(List<String> names, String need, ConfigFile config) {
        List<String> found = config.texts("architectures");
        if (!found.isEmpty() && found.stream().noneMatch(names::contains)) {
            throw config.wrong("architectures", need + "; supported: " + String.join(", ", names));
        }
    }

    private static void refuseQuantized(ConfigFile config) {
        if (config.has("quantization_config")) {
            throw config.wrong("quantization_config", "quantised weights are not supported");
        }
    }

    private static String supported() {
        return ALL.stream().map(ModelFamily::modelType).collect(Collectors.joining(", "));
    }
}
