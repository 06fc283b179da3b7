package dev.tether.torch;

import dev.tether.torch.architecture.LowRankSpec;
import dev.tether.torch.directory.AdapterDirectory;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.ValueFunction;
import dev.tether.torch.probe.TorchBeltProbe;
import dev.tether.torch.tokenizer.JsonTokenizer;
import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.model.Tokenizer;
import java.nio.file.Path;
import java.util.function.Supplier;

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
        return policy(source, network, settings, () -> switch (settings.value()) {
            case NONE -> null;
            case SHARED -> ValueFunction.shared(network);
            case SEPARATE -> ValueFunction.separate(source, settings.computeType());
        });
    }

    /**
     * A policy whose value function is a sequence classifier with one label; {@link ModelSettings#value()} is not read.
     */
    public static TorchPolicyModel openPolicy(Path directory, Path valueDirectory, ModelSettings settings) {
        ModelDirectory source = ModelDirectory.ofLanguageModel(directory);
        ModelDirectory valueSource = ModelDirectory.ofSequenceClassifier(valueDirectory);
        CausalLm network = CausalLm.trainable(source, settings.computeType());
        return policy(
                source,
                network,
                settings,
                () -> ValueFunction.ofSequenceClassifier(valueSource, settings.computeType()));
    }

    /**
     * A policy whose weights are frozen and of which a fresh low-rank adapter, and the value head, are trained. It starts
     * as the model itself, which it also is with its adapter off: {@link TorchPolicyModel#withoutAdapter}.
     *
     * @throws dev.tether.run.InputException when the model has no map of a target's name
     */
    public static TorchPolicyModel openAdapted(Path directory, LoraSettings lora, ModelSettings settings) {
        ModelDirectory source = ModelDirectory.ofLanguageModel(directory);
        LowRankSpec spec = new LowRankSpec(
                lora.rank(),
                lora.alpha(),
                LowRankSpec.targets(source.spec(), lora.targetModules(), "lora.target_modules"));
        return adapted(source, CausalLm.adapted(source, settings.computeType(), spec, lora.seed()), settings);
    }

    /**
     * {@link #openAdapted(Path, LoraSettings, ModelSettings)} with a saved adapter, in the layout of PEFT.
     *
     * @throws dev.tether.run.InputException when the adapter is missing, torn, not supported, or that of another model
     */
    public static TorchPolicyModel openAdapted(Path directory, Path adapter, ModelSettings settings) {
        ModelDirectory source = ModelDirectory.ofLanguageModel(directory);
        try (AdapterDirectory saved = AdapterDirectory.open(adapter, source)) {
            CausalLm network = CausalLm.adapted(source, settings.computeType(), saved.spec(), saved::tensor);
            try {
                saved.requireBase(WeightFingerprint.inSinglePrecision(network.parameters()), directory);
            } catch (RuntimeException e) {
                network.close();
                throw e;
            }
            return adapted(source, network, settings);
        }
    }

    private static TorchPolicyModel adapted(ModelDirectory source, CausalLm network, ModelSettings settings) {
        return policy(source, network, settings, () -> switch (settings.value()) {
            case NONE -> null;
            case SHARED -> ValueFunction.shared(network);
            case SEPARATE ->
                throw new IllegalArgumentException("value = SEPARATE, must be SHARED or NONE with an adapter: a value "
                        + "network of its own is a whole second model to train");
        });
    }

    private static TorchPolicyModel policy(
            ModelDirectory source, CausalLm network, ModelSettings settings, Supplier<ValueFunction> values) {
        try {
            return new TorchPolicyModel(source, network, values.get(), settings);
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** The frozen reference. */
    public static TorchReferenceModel openReference(Path directory, ModelSettings settings) {
        ModelDirectory source = ModelDirectory.ofLanguageModel(directory);
        return TorchReferenceModel.owning(CausalLm.frozen(source, settings.computeType()), settings.microbatchSize());
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
