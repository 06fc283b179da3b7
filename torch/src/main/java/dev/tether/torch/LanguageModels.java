package dev.tether.torch;

import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.ValueFunction;
import dev.tether.torch.probe.TorchBeltProbe;
import dev.tether.torch.tokenizer.JsonTokenizer;
import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.model.Tokenizer;
import java.nio.file.Path;

/**
 * Opens Hugging Face model directories: the entry of this room. Every fault of a directory is an
 * {@link dev.tether.run.InputException} of one line.
 */
public final class LanguageModels {
    private LanguageModels() {}

    /** A policy that can be trained, evaluated, sampled from and exported. */
    public static TorchPolicyModel openPolicy(Path directory, ModelSettings settings) {
        ModelDirectory source = ModelDirectory.ofLanguageModel(directory);
        CausalLm network = CausalLm.trainable(source, settings.computeType());
        try {
            ValueFunction values = switch (settings.value()) {
                case NONE -> null;
                case SHARED -> ValueFunction.shared(network);
                case SEPARATE -> ValueFunction.separate(source, settings.computeType());
            };
            return new TorchPolicyModel(source, network, values, settings);
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /**
     * A policy whose value function is a sequence classifier with one label; {@link ModelSettings#value()} is not read.
     */
    public static TorchPolicyModel openPolicy(Path directory, Path valueDirectory, ModelSettings settings) {
        ModelDirectory source = ModelDirectory.ofLanguageModel(directory);
        ModelDirectory valueSource = ModelDirectory.ofSequenceClassifier(valueDirectory);
        CausalLm network = CausalLm.trainable(source, settings.computeType());
        try {
            ValueFunction values = ValueFunction.ofSequenceClassifier(valueSource, settings.computeType());
            return new TorchPolicyModel(source, network, values, settings);
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** The frozen reference. */
    public static TorchReferenceModel openReference(Path directory, ModelSettings settings) {
        ModelDirectory source = ModelDirectory.ofLanguageModel(directory);
        return new TorchReferenceModel(CausalLm.frozen(source, settings.computeType()), settings.microbatchSize());
    }

    /**
     * Measurements of the full distributions and of the gradients of two open models, which must outlive it.
     *
     * @throws dev.tether.run.InputException when their vocabularies differ in size
     */
    public static BeltProbe openBeltProbe(TorchPolicyModel policy, TorchReferenceModel reference) {
        return new TorchBeltProbe(policy.network(), reference.network());
    }

    /** A reference that starts as the model of a directory and may follow a policy of the same layout. */
    public static TorchMovingReference openMovingReference(Path directory, ModelSettings settings) {
        return new TorchMovingReference(openReference(directory, settings));
    }

    /** {@link #openBeltProbe(TorchPolicyModel, TorchReferenceModel)} with a reference that moves. */
    public static BeltProbe openBeltProbe(TorchPolicyModel policy, TorchMovingReference reference) {
        return new TorchBeltProbe(policy.network(), reference.network());
    }

    /** The tokenizer of {@code directory/tokenizer.json}. */
    public static Tokenizer openTokenizer(Path directory) {
        return JsonTokenizer.open(directory.resolve("tokenizer.json"));
    }
}
