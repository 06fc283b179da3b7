package dev.tether.torch.network;

import dev.tether.torch.engine.ComputeType;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A decoder-only language model: named parameters and the forward pass, for every supported family. Owns its
 * parameters; {@link #close} frees them. Gradients flow when grad mode is on (it is by default; run inference in
 * {@code Scoped.computeWithoutGradients}). Memory: {@link dev.tether.torch.engine.Scoped}.
 */
public final class CausalLm implements AutoCloseable {
    private CausalLm() {}

    /** Reads config.json and the safetensors of a Hugging Face model directory; parameters require gradients. */
    public static CausalLm open(Path directory, ComputeType computeType) {
        throw new UnsupportedOperationException("not written yet");
    }

    /**
     * The parameters by their names in the model's safetensors file, in a stable order, in their original shapes. Live:
     * an optimiser changes them in place. Owned by this model.
     */
    public Map<String, Tensor> parameters() {
        throw new UnsupportedOperationException("not written yet");
    }

    /** Hidden states after the final norm, [B][L][width]. */
    public Tensor hidden(TokenRows rows) {
        throw new UnsupportedOperationException("not written yet");
    }

    /** Logits [..., vocabulary] of hidden states [..., width]. */
    public Tensor logits(Tensor hidden) {
        throw new UnsupportedOperationException("not written yet");
    }

    /** Positions the model can attend to. */
    public int contextLength() {
        throw new UnsupportedOperationException("not written yet");
    }

    /** Size of the hidden state. */
    public int width() {
        throw new UnsupportedOperationException("not written yet");
    }

    public int vocabularySize() {
        throw new UnsupportedOperationException("not written yet");
    }

    public ComputeType computeType() {
        throw new UnsupportedOperationException("not written yet");
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("not written yet");
    }
}
