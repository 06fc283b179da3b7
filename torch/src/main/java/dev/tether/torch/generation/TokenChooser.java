package dev.tether.torch.generation;

import static org.bytedeco.pytorch.global.torch.softmax;
import static org.bytedeco.pytorch.global.torch.stack;
import static org.bytedeco.pytorch.global.torch.zeros_like;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.trainer.model.Sampling;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Picks the next token of every row. */
final class TokenChooser {
    private static final long[] VOCABULARY = {-1};

    /**
     * One token per row.
     *
     * @param logprobs nats, under the distribution that was sampled from; 0 for greedy choices, which are certain
     * @param entropy nats, of that distribution; 0 where it is not the whole of what the model says
     */
    record Chosen(long[] ids, double[] logprobs, double[] entropy) {}

    private final boolean greedy;
    private final LogitWarper warper;
    private final boolean ofWholeDistribution;

    TokenChooser(Sampling sampling) {
        greedy = sampling.temperature() == 0;
        warper = greedy ? null : new LogitWarper(sampling.temperature(), sampling.topK(), sampling.topP());
        ofWholeDistribution = sampling.isOfWholeDistribution();
    }

    /**
     * Chooses by inverting the cumulative distribution at one uniform number per row.
     *
     * @param logits [B][vocabulary]; used up
     * @param uniforms [B], in [0, 1)
     */
    Chosen choose(Tensor logits, double[] uniforms) {
        return Scoped.compute(() -> greedy ? mostLikely(logits) : sampled(logits, uniforms));
    }

    /** On a tie the lowest id. */
    private static Chosen mostLikely(Tensor logits) {
        long[] ids = Tensors.toLongs(logits.argmax(new LongOptional(-1), false));
        return new Chosen(ids, new double[ids.length], new double[ids.length]);
    }

    private Chosen sampled(Tensor logits, double[] uniforms) {
        Tensor warped = warper.apply(logits);
        Tensor probabilities = softmax(warped, -1);
        Tensor at = Tensors.of(uniforms, uniforms.length, 1).to(logits.scalar_type());
        InverseSampling.Drawn drawn = InverseSampling.draw(probabilities, at);
        Tensor ids = drawn.indices();
        // torch's softmax of 32,000 floats sums to 1 within 0.00005 only; what was drawn from is divided by its sum
        Tensor logprobs = probabilities.gather(1, ids).div(drawn.masses()).log();
        Tensor entropy = zeros_like(logprobs);
        if (ofWholeDistribution) {
            // −Σ p log p with log p = x − log Z, and log Z by the chosen token: the others need no logarithm
            Tensor logSums = warped.gather(1, ids).sub(logprobs);
            Tensor products = warped.mul_(probabilities).sum(VOCABULARY, true, new ScalarTypeOptional());
            entropy = logSums.sub(products.div(drawn.masses()));
        }
        Tensor all = stack(new TensorVector(
                ids.to(ScalarType.Double), logprobs.to(ScalarType.Double), entropy.to(ScalarType.Double)));
        return split(Tensors.toDoubles(all), uniforms.length);
    }

    /** Ids, logprobs and entropies come in one piece: one wait for the device per step. */
    private static Chosen split(double[] all, int rows) {
        long[] ids = new long[rows];
        double[] logprobs = new double[rows];
        double[] entropy = new double[rows];
        for (int i = 0; i < rows; i++) {
            ids[i] = (long) all[i];
            logprobs[i] = Math.min(0, all[rows + i]);
            entropy[i] = Math.max(0, all[2 * rows + i]);
        }
        return new Chosen(ids, logprobs, entropy);
    }
}
