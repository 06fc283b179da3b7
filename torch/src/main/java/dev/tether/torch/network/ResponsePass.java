package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.log_softmax;
import static org.bytedeco.pytorch.global.torch.zeros;

import dev.tether.torch.engine.Scoped;
import dev.tether.trainer.model.TokenBatch;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;

/**
 * One forward pass over prompts and responses; the head is evaluated on response positions only, and without gradients
 * a few of them at a time, so that never more than a small piece of [B][T][V] exists.
 */
public final class ResponsePass {
    /** Whether the entropy takes part in the gradient (its graph costs as much memory as that of the logprobs). */
    public enum EntropyGradient {
        NONE,
        TRACKED
    }

    /** Logits that exist at once without gradients: 16 MB in single precision. */
    private static final int LOGITS_AT_ONCE = 1 << 22;

    private final CausalLm policy;
    private final double temperature;
    private final EntropyGradient entropyGradient;

    private ResponsePass(CausalLm policy, double temperature, EntropyGradient entropyGradient) {
        this.policy = policy;
        this.temperature = temperature;
        this.entropyGradient = entropyGradient;
    }

    /**
     * Logprobs, entropy and values of one microbatch; in the caller's scope, with gradients where grad mode is on.
     *
     * @param values null for a policy without value function
     * @param temperature divides the logits; &gt; 0
     */
    public static ResponseTensors run(
            CausalLm policy, ValueFunction values, TokenBatch batch, double temperature, EntropyGradient entropy) {
        if (!(temperature > 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature = " + temperature + ", must be finite and > 0");
        }
        return new ResponsePass(policy, temperature, entropy).run(values, batch);
    }

    private ResponseTensors run(ValueFunction values, TokenBatch batch) {
        PackedRows packed = new PackedRows(batch, policy.vocabularySize());
        TokenRows rows = packed.tokenRows();
        Tensor hidden = policy.hidden(rows);
        Tensor flat = hidden.view(-1, policy.width());
        long[] shape = {batch.sequences(), batch.responseWidth()};
        Tensor read = flat.index_select(0, packed.readAt());
        Tensor[] both = GradMode.is_enabled()
                ? withGradients(read, packed.targets())
                : withoutGradients(read, packed.targets());
        Tensor value = null;
        if (values != null) {
            value = values(values, packed, rows, hidden, shape);
        }
        Tensor cells = packed.cells();
        return new ResponseTensors(placed(both[0], cells, shape), placed(both[1], cells, shape), value);
    }

    /** Values [B][T], 0 where undefined. */
    static Tensor values(ValueFunction values, PackedRows packed, TokenRows rows, Tensor hidden, long[] shape) {
        Tensor all = values.values(rows, hidden).reshape(-1).index_select(0, packed.valueReadAt());
        return placed(all, packed.valueCells(), shape);
    }

    private static Tensor placed(Tensor values, Tensor cells, long[] shape) {
        return Scoped.handOver(() -> zeros(new long[] {shape[0] * shape[1]}, new TensorOptions(values.scalar_type()))
                .index_copy(0, cells, values)
                .view(shape));
    }

    /** Logprobs [N] and entropies [N] of hidden states [N][width]. */
    private Tensor[] withGradients(Tensor read, Tensor targets) {
        Tensor logprobs = Scoped.handOver(() -> log_softmax(tempered(policy.logits(read)), -1));
        Tensor chosen = chosen(logprobs, targets);
        if (entropyGradient == EntropyGradient.TRACKED) {
            return new Tensor[] {chosen, entropy(logprobs)};
        }
        Tensor detached = logprobs.detach();
        return new Tensor[] {
            chosen, inPieces(detached.size(0), (first, count) -> entropy(detached.narrow(0, first, count)))
        };
    }

    private Tensor[] withoutGradients(Tensor read, Tensor targets) {
        TensorVector logprobs = new TensorVector();
        TensorVector entropies = new TensorVector();
        long total = read.size(0);
        long step = rowsAtOnce();
        for (long first = 0; first < total; first += step) {
            long from = first;
            long count = Math.min(step, total - first);
            Scoped.run(() -> {
                Tensor all = log_softmax(tempered(policy.logits(read.narrow(0, from, count))), -1);
                logprobs.push_back(chosen(all, targets.narrow(0, from, count)));
                entropies.push_back(entropy(all));
            });
        }
        return new Tensor[] {cat(logprobs, 0), cat(entropies, 0)};
    }

    private interface Piece {
        Tensor of(long first, long count);
    }

    private Tensor inPieces(long total, Piece piece) {
        TensorVector parts = new TensorVector();
        long step = rowsAtOnce();
        for (long first = 0; first < total; first += step) {
            long from = first;
            Scoped.run(() -> parts.push_back(piece.of(from, Math.min(step, total - from))));
        }
        return cat(parts, 0);
    }

    private long rowsAtOnce() {
        return rowsAtOnce(policy);
    }

    /** Rows whose logits may exist at once. */
    static int rowsAtOnce(CausalLm policy) {
        return Math.max(1, LOGITS_AT_ONCE / policy.vocabularySize());
    }

    private Tensor tempered(Tensor logits) {
        return temperature == 1 ? logits : logits.div(new Scalar(temperature));
    }

    private static Tensor chosen(Tensor logprobs, Tensor targets) {
        return logprobs.gather(1, targets.unsqueeze(1)).squeeze(1);
    }

    /** −Σ p log p of each row. */
    private static Tensor entropy(Tensor logprobs) {
        return Scoped.handOver(() -> logprobs.exp().mul(logprobs).sum(-1).neg());
    }
}
