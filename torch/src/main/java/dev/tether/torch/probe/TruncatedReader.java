package dev.tether.torch.probe;

import static org.bytedeco.pytorch.global.torch.logsumexp;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.generation.LogitWarper;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.CountedStates;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.TruncatedLogprobs;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Both models' logprobs of chosen tokens within the tokens that a warper leaves to the policy. */
final class TruncatedReader {
    private static final long[] LAST = {-1};

    private final CausalLm policy;
    private final CausalLm reference;
    private final LogitWarper warper;
    private final PieceSizes sizes;

    TruncatedReader(CausalLm policy, CausalLm reference, LogitWarper warper, PieceSizes sizes) {
        this.policy = policy;
        this.reference = reference;
        this.warper = warper;
        this.sizes = sizes;
    }

    TruncatedLogprobs read(TokenBatch batch) {
        TruncatedLogprobs all = new TruncatedLogprobs(
                new double[batch.sequences()][batch.responseWidth()],
                new double[batch.sequences()][batch.responseWidth()]);
        for (int[] sequences : SequencePieces.of(batch, sizes.tokens())) {
            TokenBatch piece = batch.rows(sequences);
            double[][] both = Scoped.computeWithoutGradients(
                    () -> both(CountedStates.of(policy, piece), CountedStates.of(reference, piece)));
            PieceEntries.scatter(both[0], all.policy(), sequences, batch.responseMask());
            PieceEntries.scatter(both[1], all.reference(), sequences, batch.responseMask());
        }
        return all;
    }

    private double[][] both(CountedStates states, CountedStates refStates) {
        int total = Math.toIntExact(states.targets().size(0));
        double[][] both = new double[2][total];
        int step = PieceSizes.rows(sizes.logits(), policy.vocabularySize());
        for (int first = 0; first < total; first += step) {
            int from = first;
            int count = Math.min(step, total - first);
            Scoped.run(() -> {
                Tensor targets = states.targets().narrow(0, from, count).unsqueeze(1);
                Tensor warped = warper.apply(policy.logits(states.hidden().narrow(0, from, count)));
                Tensor cut = warped.eq(new Scalar(Double.NEGATIVE_INFINITY)).scatter_(1, targets, new Scalar(0));
                copy(within(policy.logits(states.hidden().narrow(0, from, count)), cut, targets), both[0], from);
                copy(within(reference.logits(refStates.hidden().narrow(0, from, count)), cut, targets), both[1], from);
            });
        }
        return both;
    }

    /** Logprobs [n] of the targets at the warper's temperature, normalised over what is not cut. */
    private Tensor within(Tensor logits, Tensor cut, Tensor targets) {
        Tensor scaled = logits.div(new Scalar(warper.temperature()));
        Tensor kept = scaled.masked_fill(cut, new Scalar(Double.NEGATIVE_INFINITY));
        return scaled.gather(1, targets).squeeze(1).sub(logsumexp(kept, LAST));
    }

    private static void copy(Tensor nats, double[] into, int at) {
        double[] values = Tensors.toDoubles(nats);
        System.arraycopy(values, 0, into, at, values.length);
    }
}
