package dev.tether.torch.network;

import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Reads a value off every hidden state: a linear head [1][width] without bias, on the policy's own trunk (shared) or on
 * a trunk of its own (separate). Owns its parameters, not the policy's.
 */
public sealed interface ValueFunction extends AutoCloseable permits SharedValue, SeparateValue {
    /** A head on the policy's hidden states; starts at zero, so every first value is 0. */
    static ValueFunction shared(CausalLm policy) {
        return new SharedValue(policy);
    }

    /** A trunk of its own with the weights of a language model, and a head that starts at zero. */
    static ValueFunction separate(ModelDirectory languageModel, ComputeType computeType) {
        return SeparateValue.fromLanguageModel(languageModel, computeType);
    }

    /** Trunk and head of a sequence classifier with one label. */
    static ValueFunction ofSequenceClassifier(ModelDirectory classifier, ComputeType computeType) {
        return SeparateValue.fromSequenceClassifier(classifier, computeType);
    }

    /** True where it reads the policy's hidden states and its gradient goes into the policy's trunk. */
    boolean sharesTrunk();

    /** One on the very same weights with gradients of its own; close it before this one. */
    ValueFunction replica();

    /**
     * Parameters of the head, and of the trunk where it is separate; names start with {@code value.}. Live, as
     * {@link CausalLm#parameters()}.
     */
    Map<String, Tensor> parameters();

    /**
     * Values [B][L] of every position.
     *
     * @param policyHidden the policy's hidden states of the same rows, [B][L][width]; null where no trunk is shared
     */
    Tensor values(TokenRows rows, Tensor policyHidden);

    @Override
    void close();
}
