package dev.tether.torch.probe;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.trainer.model.ExactKl;
import dev.tether.trainer.model.TokenBatch;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Exact KL at every counted position, computed from the logits of a few tokens at a time in double precision: a sum of
 * positive and negative terms is to be told from 0, and with probabilities that are normalised to 1e-16 the KL of two
 * distributions cannot come out negative, while rounding of the logits enters it in second order only.
 */
record ExactKlReader(BothModels models, double temperature) {
    private static final long[] VOCABULARY = {1};

    ExactKl read(TokenBatch batch) {
        double[][][] both = models.read(batch, (logits, refLogits, targets) -> bothWays(logits, refLogits));
        return new ExactKl(both[0], both[1]);
    }

    /** KL(policy ‖ reference) and KL(reference ‖ policy), [2][n] nats; every thread reads rows of its own. */
    private double[][] bothWays(Tensor logits, Tensor refLogits) {
        int total = Math.toIntExact(logits.size(0));
        double[][] both = new double[2][total];
        int step = PieceSizes.rows(models.sizes().doubles(), models.policy().vocabularySize());
        int shares = Math.min(TorchEngine.crew().size(), total);
        TorchEngine.crew().run(shares, share -> {
            int end = total * (share + 1) / shares;
            for (int first = total * share / shares; first < end; first += step) {
                int from = first;
                int count = Math.min(step, end - first);
                Scoped.runWithoutGradients(
                        () -> readRows(logits.narrow(0, from, count), refLogits.narrow(0, from, count), both, from));
            }
        });
        return both;
    }

    private void readRows(Tensor logits, Tensor refLogits, double[][] both, int from) {
        Tensor z = shifted(logits);
        Tensor refZ = shifted(refLogits);
        Tensor powers = z.exp();
        Tensor refPowers = refZ.exp();
        Tensor sum = rowSum(powers);
        Tensor refSum = rowSum(refPowers);
        Tensor difference = z.sub_(refZ).sub_(sum.log().sub_(refSum.log()));
        BothModels.copy(Distributions.expectation(powers, sum, difference), both[0], from);
        BothModels.copy(Distributions.expectation(refPowers, refSum, difference.neg_()), both[1], from);
    }

    /** z / temperature − max, in double precision. */
    private Tensor shifted(Tensor logits) {
        Tensor z = logits.to(ScalarType.Double);
        Tensor scaled = temperature == 1 ? z : z.div(new Scalar(temperature));
        return scaled.sub(scaled.amax(VOCABULARY, true));
    }

    private static Tensor rowSum(Tensor rows) {
        return rows.sum(VOCABULARY, true, new ScalarTypeOptional());
    }
}
