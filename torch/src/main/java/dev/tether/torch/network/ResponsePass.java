package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.log_softmax;
import static org.bytedeco.pytorch.global.torch.zeros;

import dev.tether.torch.engine.Scoped;
import dev.tether.trainer.model.TokenBatch;
import java.util.function.Consumer;
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
        requireTemperature(temperature);
        return new ResponsePass(policy, temperature, entropy).run(values, batch);
    }

    /**
     * Logprobs [B][T] alone, in the caller's scope and without gradients.
     *
     * @param temperature divides the logits; &gt; 0
     */
    public static Tensor logprobs(CausalLm policy, TokenBatch batch, double temperature) {
        requireTemperature(temperature);
        return Scoped.handOver(() -> {
            PackedRows packed = new PackedRows(batch, policy.vocabularySize());
            ResponsePass pass = new ResponsePass(policy, temperature, EntropyGradient.NONE);
            Tensor read = pass.read(policy.hidden(packed.tokenRows()), packed);
            TensorVector logprobs = new TensorVector();
            pass.inPieces(read, packed.targets(), softmax -> logprobs.push_back(softmax.logprobs()));
            return placed(cat(logprobs, 0).squeeze(1), packed.cells(), shape(batch));
        });
    }

    private static void requireTemperature(double temperature) {
        if (!(temperature > 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature = " + temperature + ", must be finite and > 0");
        }
    }

    private ResponseTensors run(ValueFunction values, TokenBatch batch) {
        PackedRows packed = new PackedRows(batch, policy.vocabularySize());
        TokenRows rows = packed.tokenRows();
        Tensor hidden = policy.hidden(rows);
        Tensor read = read(hidden, packed);
        Tensor[] both = GradMode.is_enabled()
                ? withGradients(read, packed.targets())
                : withoutGradients(read, packed.targets());
        long[] shape = shape(batch);
        Tensor value = values == null ? null : values(values, packed, rows, hidden, shape);
        Tensor cells = packed.cells();
        return new ResponseTensors(placed(both[0], cells, shape), placed(both[1], cells, shape), value);
    }

    private static long[] shape(TokenBatch batch) {
        return new long[] {batch.sequences(), batch.responseWidth()};
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

    /**
     * The hidden states [N][width] that counted tokens are read off; divided by the temperature, which divides the
     * logits and touches far fewer numbers.
     */
    private Tensor read(Tensor hidden, PackedRows packed) {
        Tensor read = hidden.view(-1, policy.width()).index_select(0, packed.readAt());
        return temperature == 1 ? read : read.div(new Scalar(temperature));
    }

    /** Logprobs [N] and entropies [N] of hidden states [N][width]. */
    private Tensor[] withGradients(Tensor read, Tensor targets) {
        Tensor logprobs = Scoped.handOver(() -> log_softmax(policy.logits(read), -1));
        Tensor entropies = entropy(entropyGradient == EntropyGradient.TRACKED ? logprobs : logprobs.detach());
        return new Tensor[] {chosen(logprobs, targets), entropies};
    }

    private Tensor[] withoutGradients(Tensor read, Tensor targets) {
        TensorVector logprobs = new TensorVector();
        TensorVector entropies = new TensorVector();
        inPieces(read, targets, softmax -> {
            logprobs.push_back(softmax.logprobs());
            entropies.push_back(softmax.entropies());
        });
        return new Tensor[] {cat(logprobs, 0).squeeze(1), cat(entropies, 0).squeeze(1)};
    }

    /** Reads a few rows at a time. */
    private void inPieces(Tensor read, Tensor targets, Consumer<SoftmaxRows.Figures> piece) {
        long total = read.size(0);
        long step = rowsAtOnce(policy);
        try (PackedHead packed = total > step ? policy.packedHead(step) : null) {
            Affine head = packed == null ? policy::logits : packed::logits;
            for (long first = 0; first < total; first += step) {
                long from = first;
                long count = Math.min(step, total - first);
                Scoped.run(() -> piece.accept(SoftmaxRows.read(
                        head.apply(read.narrow(0, from, count)),
                        targets.narrow(0, from, count).unsqueeze(1))));
            }
        }
    }

    /** Rows whose logits may exist at once. */
    static int rowsAtOnce(CausalLm policy) {
        return Math.max(1, LOGITS_AT_ONCE / policy.vocabularySize());
    }

    private static Tensor chosen(Tensor values, Tensor targets) {
        return values.gather(1, targets.unsqueeze(1)).squeeze(1);
    }

    /** −Σ p log p of each row. */
    private static Tensor entropy(Tensor logprobs) {
        return Scoped.handOver(() -> logprobs.exp().mul(logprobs).sum(-1).neg());
    }
}
