package dev.tether.torch.generation;

import static org.bytedeco.pytorch.global.torch.softmax;
import static org.bytedeco.pytorch.global.torch.stack;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.trainer.model.Sampling;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Picks the next token of every row. */
final class TokenChooser {
    /**
     * One token per row.
     *
     * @param logprobs nats, under the distribution that was sampled from; 0 for greedy choices, which are certain
     */
    record Chosen(long[] ids, double[] logprobs) {}

    private final boolean greedy;
    private final LogitWarper warper;

    TokenChooser(Sampling sampling) {
        greedy = sampling.temperature() == 0;
        warper = greedy ? null : new LogitWarper(sampling.temperature(), sampling.topK(), sampling.topP());
    }

    /**
     * Chooses by inverting the cumulative distribution at one uniform number per row.
     *
     * @param logits [B][vocabulary]
     * @param uniforms [B], in [0, 1)
     */
    Chosen choose(Tensor logits, double[] uniforms) {
        return Scoped.compute(() -> greedy ? mostLikely(logits) : sampled(logits, uniforms));
    }

    /** On a tie the lowest id. */
    private static Chosen mostLikely(Tensor logits) {
        long[] ids = Tensors.toLongs(logits.argmax(new LongOptional(-1), false));
        return new Chosen(ids, new double[ids.length]);
    }

    private Chosen sampled(Tensor logits, double[] uniforms) {
        Tensor probabilities = softmax(warper.apply(logits), -1);
        Tensor at = Tensors.of(uniforms, uniforms.length, 1).to(logits.scalar_type());
        Tensor ids = InverseSampling.draw(probabilities, at);
        Tensor logprobs = probabilities.gather(1, ids).log();
        Tensor both = stack(new TensorVector(ids.to(ScalarType.Double), logprobs.to(ScalarType.Double)));
        return split(Tensors.toDoubles(both), uniforms.length);
    }

    /** Ids and logprobs come in one piece: one wait for the device per step. */
    private static Chosen split(double[] both, int rows) {
        long[] ids = new long[rows];
        double[] logprobs = new double[rows];
        for (int i = 0; i < rows; i++) {
            ids[i] = (long) both[i];
            logprobs[i] = Math.min(0, both[rows + i]);
        }
        return new Chosen(ids, logprobs);
    }
}
