package dev.tether.torch.network;

import dev.tether.trainer.model.TokenBatch;

/**
 * One forward pass over prompts and responses: the head is evaluated on response positions only. The rows are packed
 * left-aligned (prompt, then the counted response tokens), so the causal order hides all padding.
 */
public final class ResponsePass {
    /** Whether the entropy takes part in the gradient (its graph costs as much memory as that of the logprobs). */
    public enum EntropyGradient {
        NONE,
        TRACKED
    }

    private ResponsePass() {}

    /**
     * Logprobs, entropy and values of one microbatch; in the caller's scope, with gradients where grad mode is on.
     *
     * @param values null for a policy without value function
     * @param temperature divides the logits; &gt; 0
     */
    public static ResponseTensors run(
            CausalLm policy, ValueFunction values, TokenBatch batch, double temperature, EntropyGradient entropy) {
        throw new UnsupportedOperationException("not written yet");
    }
}
