package dev.tether.torch.generation;

import static org.bytedeco.pytorch.global.torch.full_like;
import static org.bytedeco.pytorch.global.torch.softmax;
import static org.bytedeco.pytorch.global.torch.topk;

import dev.tether.torch.engine.Scoped;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;

/**
 * Changes logits into those of the distribution that is sampled from: temperature, then top-k, then top-p, in the order
 * and with the ties of transformers. Removed tokens get −∞.
 *
 * @param temperature &gt; 0
 * @param topK 0 = all
 * @param topP 1 = all
 */
public record LogitWarper(double temperature, int topK, double topP) {
    /** Tokens that top-p looks at before it sorts the whole vocabulary. */
    private static final long FIRST_CANDIDATES = 256;

    private static final Scalar NOTHING = Scoped.forever(new Scalar(Double.NEGATIVE_INFINITY));

    /** [B][vocabulary] to [B][vocabulary]. */
    public Tensor apply(Tensor logits) {
        if (temperature == 1 && topK == 0 && topP == 1) {
            return logits;
        }
        return Scoped.handOver(() -> {
            Tensor warped = temperature == 1 ? logits : logits.div(new Scalar(temperature));
            warped = topK == 0 || topK >= logits.size(-1) ? warped : mostLikely(warped);
            return topP == 1 ? warped : smallestSet(warped);
        });
    }

    /** All tokens as likely as the k-th most likely one, or more. */
    private Tensor mostLikely(Tensor logits) {
        Tensor kth = topk(logits, topK).get0().narrow(-1, topK - 1, 1);
        return logits.masked_fill(logits.lt(kth), NOTHING);
    }

    /** The tokens before which less than p of the mass lies, most likely first. */
    private Tensor smallestSet(Tensor logits) {
        Tensor probabilities = softmax(logits, -1);
        long vocabulary = logits.size(-1);
        long candidates = Math.min(FIRST_CANDIDATES, vocabulary);
        while (true) {
            T_TensorTensor_T best = topk(probabilities, candidates);
            Tensor mass = best.get0();
            Tensor massBefore = mass.cumsum(-1).sub(mass);
            Tensor kept = massBefore.lt(new Scalar(topP));
            boolean complete = candidates == vocabulary
                    || !kept.narrow(-1, candidates - 1, 1).any().item_bool();
            if (complete) {
                Tensor chosen = logits.gather(1, best.get1()).masked_fill(kept.logical_not(), NOTHING);
                return full_like(logits, NOTHING).scatter(1, best.get1(), chosen);
            }
            candidates = vocabulary;
        }
    }
}
