package dev.tether.torch.network;

import dev.tether.torch.engine.Scoped;
import dev.tether.trainer.model.TokenBatch;
import org.bytedeco.pytorch.Tensor;

/** One forward pass over prompts and responses for their values alone: no logits are made. */
public final class ValuePass {
    private ValuePass() {}

    /** Values [B][T], 0 where undefined; in the caller's scope. */
    public static Tensor run(CausalLm policy, ValueFunction values, TokenBatch batch) {
        return Scoped.handOver(() -> {
            PackedRows packed = new PackedRows(batch, policy.vocabularySize());
            TokenRows rows = packed.tokenRows();
            Tensor hidden = values.sharesTrunk() ? policy.hidden(rows) : null;
            long[] shape = {batch.sequences(), batch.responseWidth()};
            return ResponsePass.values(values, packed, rows, hidden, shape);
        });
    }
}
