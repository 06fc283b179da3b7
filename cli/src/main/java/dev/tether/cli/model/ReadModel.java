package dev.tether.cli.model;

import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TorchPolicyModel;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that name the model a command reads. */
final class ReadModel {
    @Option(
            names = "--model",
            paramLabel = "DIR",
            required = true,
            description = "Hugging Face model directory, hf:org/name, or builtin:reviews.")
    private String model;

    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            description = "A LoRA adapter of that model, such as runs/NAME/adapter.")
    private Optional<Path> adapter;

    /** As it was given. */
    String name() {
        return model + adapter.map(directory -> " with " + directory).orElse("");
    }

    /** Of the model, where its tokenizer lies too. */
    Path directory() {
        return ModelNames.directory(model);
    }

    TorchPolicyModel open() {
        return adapter.map(saved -> LanguageModels.openAdapted(directory(), saved, ModelSettings.inference()))
                .orElseGet(() -> LanguageModels.openPolicy(directory(), ModelSettings.inference()));
    }
}
