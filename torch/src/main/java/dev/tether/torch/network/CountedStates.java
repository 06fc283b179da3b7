package dev.tether.torch.network;

import dev.tether.trainer.model.TokenBatch;
import org.bytedeco.pytorch.Tensor;

/**
 * The hidden states off which a network reads the counted tokens of a batch, sequence by sequence and token by token.
 *
 * @param hidden [N][width]; with gradients where grad mode is on
 * @param targets [N] int64, the ids of the counted tokens
 */
public record CountedStates(Tensor hidden, Tensor targets) {
    /**
     * One pass through the trunk, in the caller's scope.
     *
     * @throws IllegalArgumentException when a token is not in the vocabulary
     */
    public static CountedStates of(CausalLm model, TokenBatch batch) {
        PackedRows packed = new PackedRows(batch, model.vocabularySize());
        Tensor flat = model.hidden(packed.tokenRows()).view(-1, model.width());
        return new CountedStates(flat.index_select(0, packed.readAt()), packed.targets());
    }

    /** Refuses sequences whose prompt and counted response tokens exceed {@code contextLength}. */
    public static void requireRoom(TokenBatch batch, int contextLength) {
        for (int b = 0; b < batch.sequences(); b++) {
            int tokens = batch.prompts()[b].length + batch.responseMask().counted(b);
            if (tokens > contextLength) {
                throw new IllegalArgumentException("sequence " + b + " has " + batch.prompts()[b].length
                        + " prompt tokens and " + batch.responseMask().counted(b) + " response tokens, together "
                        + tokens + ": the model's context is " + contextLength);
            }
        }
    }
}
