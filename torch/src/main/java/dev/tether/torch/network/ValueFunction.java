package dev.tether.torch.network;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Reads a value off every hidden state: a linear head [1][width], on the policy's own trunk (shared) or on a trunk of
 * its own (separate). Owns its parameters, not the policy's.
 */
public interface ValueFunction extends AutoCloseable {
    /** Parameters of the head, and of the trunk where it is separate; names start with {@code value.}. */
    Map<String, Tensor> parameters();

    /**
     * Values [B][L] of every position.
     *
     * @param policyHidden the policy's hidden states of the same rows, [B][L][width]; not read by a separate trunk
     */
    Tensor values(TokenRows rows, Tensor policyHidden);

    @Override
    void close();
}
