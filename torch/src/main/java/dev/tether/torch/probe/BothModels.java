package dev.tether.torch.probe;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.CountedStates;
import dev.tether.torch.network.PackedHead;
import dev.tether.trainer.model.TokenBatch;
import org.bytedeco.pytorch.Tensor;

/**
 * Reads two figures of each counted token off the logits of both models, without gradients: hidden states exist for a few
 * sequences at a time, logits for a few tokens of those.
 */
record BothModels(CausalLm policy, CausalLm reference, PieceSizes sizes) {
    /** Two figures of some tokens. */
    @FunctionalInterface
    interface Figures {
        /**
         * In the caller's scope.
         *
         * @param logits [n][V] of the policy
         * @param refLogits [n][V] of the reference
         * @param targets [n] int64, the sampled tokens
         * @return [2][n]
         */
        double[][] of(Tensor logits, Tensor refLogits, Tensor targets);
    }

    /** [2][B][T], 0 where uncounted. */
    double[][][] read(TokenBatch batch, Figures figures) {
        double[][][] all = new double[2][batch.sequences()][batch.responseWidth()];
        int step = PieceSizes.rows(sizes.logits(), policy.vocabularySize());
        try (PackedHead head = Scoped.computeWithoutGradients(() -> policy.packedHead(step));
                PackedHead refHead = Scoped.computeWithoutGradients(() -> reference.packedHead(step))) {
            read(batch, all, new Heads(head, refHead, step), figures);
        }
        return all;
    }

    private record Heads(PackedHead policy, PackedHead reference, int step) {}

    private void read(TokenBatch batch, double[][][] all, Heads heads, Figures figures) {
        for (int[] sequences : SequencePieces.of(batch, sizes.tokens())) {
            TokenBatch piece = batch.rows(sequences);
            double[][] both = Scoped.computeWithoutGradients(() ->
                    ofStates(CountedStates.of(policy, piece), CountedStates.of(reference, piece), heads, figures));
            PieceEntries.scatter(both[0], all[0], sequences, batch.responseMask());
            PieceEntries.scatter(both[1], all[1], sequences, batch.responseMask());
        }
    }

    private static double[][] ofStates(CountedStates states, CountedStates refStates, Heads heads, Figures figures) {
        int total = Math.toIntExact(states.targets().size(0));
        double[][] both = new double[2][total];
        for (int first = 0; first < total; first += heads.step()) {
            int from = first;
            int count = Math.min(heads.step(), total - first);
            Scoped.run(() -> {
                double[][] some = figures.of(
                        heads.policy().logits(states.hidden().narrow(0, from, count)),
                        heads.reference().logits(refStates.hidden().narrow(0, from, count)),
                        states.targets().narrow(0, from, count));
                System.arraycopy(some[0], 0, both[0], from, count);
                System.arraycopy(some[1], 0, both[1], from, count);
            });
        }
        return both;
    }

    /** Puts the figures of some tokens where they belong among those of all. */
    static void copy(Tensor nats, double[] into, int at) {
        double[] values = Tensors.toDoubles(nats);
        System.arraycopy(values, 0, into, at, values.length);
    }
}
