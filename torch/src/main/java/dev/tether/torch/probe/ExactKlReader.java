package dev.tether.torch.probe;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.CountedStates;
import dev.tether.trainer.model.ExactKl;
import dev.tether.trainer.model.TokenBatch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Exact KL at every counted position. Hidden states exist for a few sequences at a time, logits for a few tokens of
 * those, and what is computed from the logits for a few of those again. That is done in double precision because a sum of positive and negative terms is to be told from 0: with
 * logprobs that are normalised to 1e-16 the KL of two distributions cannot come out negative, and rounding of the logits
 * enters it in second order only.
 */
final class ExactKlReader {
    private final CausalLm policy;
    private final CausalLm reference;
    private final double temperature;
    private final PieceSizes sizes;

    ExactKlReader(CausalLm policy, CausalLm reference, double temperature, PieceSizes sizes) {
        this.policy = policy;
        this.reference = reference;
        this.temperature = temperature;
        this.sizes = sizes;
    }

    ExactKl read(TokenBatch batch) {
        ExactKl all = new ExactKl(
                new double[batch.sequences()][batch.responseWidth()],
                new double[batch.sequences()][batch.responseWidth()]);
        for (int[] sequences : SequencePieces.of(batch, sizes.tokens())) {
            TokenBatch piece = batch.rows(sequences);
            double[][] both = Scoped.computeWithoutGradients(() -> natsBothWays(
                    CountedStates.of(policy, piece).hidden(),
                    CountedStates.of(reference, piece).hidden()));
            PieceEntries.scatter(both[0], all.policyToReference(), sequences, batch.responseMask());
            PieceEntries.scatter(both[1], all.referenceToPolicy(), sequences, batch.responseMask());
        }
        return all;
    }

    /**
     * KL(policy ‖ reference) and KL(reference ‖ policy) of N tokens, given the hidden states [N][width] of both; to be
     * called without gradients.
     */
    double[][] natsBothWays(Tensor hidden, Tensor refHidden) {
        int total = Math.toIntExact(hidden.size(0));
        double[][] both = new double[2][total];
        int step = PieceSizes.rows(sizes.logits(), policy.vocabularySize());
        for (int first = 0; first < total; first += step) {
            int from = first;
            int count = Math.min(step, total - first);
            Scoped.run(() -> {
                Tensor logits = policy.logits(hidden.narrow(0, from, count));
                Tensor refLogits = reference.logits(refHidden.narrow(0, from, count));
                ofLogits(logits, refLogits, both, from);
            });
        }
        return both;
    }

    private void ofLogits(Tensor logits, Tensor refLogits, double[][] both, int offset) {
        int total = Math.toIntExact(logits.size(0));
        int step = PieceSizes.rows(sizes.doubles(), policy.vocabularySize());
        for (int first = 0; first < total; first += step) {
            int from = first;
            int count = Math.min(step, total - first);
            Scoped.run(() -> {
                Tensor logprobs = inDouble(logits.narrow(0, from, count));
                Tensor refLogprobs = inDouble(refLogits.narrow(0, from, count));
                Tensor difference = logprobs.sub(refLogprobs);
                copy(Distributions.expectation(logprobs, difference), both[0], offset + from);
                copy(Distributions.expectation(refLogprobs, difference.neg_()), both[1], offset + from);
            });
        }
    }

    private Tensor inDouble(Tensor logits) {
        return Scoped.handOver(() -> Distributions.normalized(logits.to(ScalarType.Double), temperature));
    }

    private static void copy(Tensor nats, double[] into, int at) {
        double[] values = Tensors.toDoubles(nats);
        System.arraycopy(values, 0, into, at, values.length);
    }
}
