package dev.tether.trainer.tabular;

import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.TokenBatch;

/** A frozen table of logits. */
final class TabularReference implements ReferenceModel {
    private final TabularTree tree;
    private final double[][] logits;

    TabularReference(TabularTree tree, double[][] logits) {
        this.tree = tree;
        this.logits = logits;
    }

    @Override
    public double[][] logprobs(TokenBatch batch, double temperature) {
        return logprobs(tree, logits, batch);
    }

    /** log π_ref(·|prefix), [V]. */
    double[] distribution(int row) {
        return TabularTree.logSoftmax(logits[row]);
    }

    static double[][] logprobs(TabularTree tree, double[][] logits, TokenBatch batch) {
        double[][] logprobs = new double[batch.sequences()][batch.responseWidth()];
        for (int b = 0; b < batch.sequences(); b++) {
            int[] response = batch.responses()[b];
            for (int t = 0; t < response.length; t++) {
                if (batch.responseMask().counts(b, t)) {
                    logprobs[b][t] = TabularTree.logSoftmax(logits[tree.row(response, t)])[response[t]];
                }
            }
        }
        return logprobs;
    }

    @Override
    public void close() {}
}
