package dev.tether.torch.probe;

import dev.tether.torch.engine.Scoped;
import dev.tether.trainer.model.ExactKl;
import dev.tether.trainer.model.TokenBatch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Exact KL at every counted position, computed from the logits of a few tokens at a time in double precision: a sum of
 * positive and negative terms is to be told from 0, and with logprobs that are normalised to 1e-16 the KL of two
 * distributions cannot come out negative, while rounding of the logits enters it in second order only.
 */
record ExactKlReader(BothModels models, double temperature) {
    ExactKl read(TokenBatch batch) {
        double[][][] both = models.read(batch, (logits, refLogits, targets) -> bothWays(logits, refLogits));
        return new ExactKl(both[0], both[1]);
    }

    /** KL(policy ‖ reference) and KL(reference ‖ policy), [2][n] nats. */
    private double[][] bothWays(Tensor logits, Tensor refLogits) {
        int total = Math.toIntExact(logits.size(0));
        double[][] both = new double[2][total];
        int step = PieceSizes.rows(models.sizes().doubles(), models.policy().vocabularySize());
        for (int first = 0; first < total; first += step) {
            int from = first;
            int count = Math.min(step, total - first);
            Scoped.run(() -> {
                Tensor logprobs = inDouble(logits.narrow(0, from, count));
                Tensor refLogprobs = inDouble(refLogits.narrow(0, from, count));
                Tensor difference = logprobs.sub(refLogprobs);
                BothModels.copy(Distributions.expectation(logprobs, difference), both[0], from);
                BothModels.copy(Distributions.expectation(refLogprobs, difference.neg_()), both[1], from);
            });
        }
        return both;
    }

    private Tensor inDouble(Tensor logits) {
        return Scoped.handOver(() -> Distributions.normalized(logits.to(ScalarType.Double), temperature));
    }
}
