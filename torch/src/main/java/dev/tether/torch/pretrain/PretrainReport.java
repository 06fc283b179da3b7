package dev.tether.torch.pretrain;

import java.util.List;

/**
 * What came of a pretraining, measured on the documents held out, with the weights as they are saved.
 *
 * @param steps taken; fewer than asked for when it was stopped
 * @param heldOut at least one
 */
public record PretrainReport(int steps, List<HeldOut> heldOut) {
    /**
     * A document that was not learned from.
     *
     * @param nats minus its log-probability given its beginning-of-text token; its end-of-text token counts. Of a
     *     document longer than the context, what fits
     * @param tokens that were predicted
     */
    public record HeldOut(String document, double nats, int tokens) {}

    public PretrainReport {
        heldOut = List.copyOf(heldOut);
    }

    /** Mean cross-entropy of a token. */
    public double natsPerToken() {
        return total() / heldOut.stream().mapToLong(HeldOut::tokens).sum();
    }

    /** Mean cross-entropy of a document. */
    public double natsPerDocument() {
        return total() / heldOut.size();
    }

    /** e to the {@link #natsPerToken}. */
    public double perplexity() {
        return Math.exp(natsPerToken());
    }

    private double total() {
        return heldOut.stream().mapToDouble(HeldOut::nats).sum();
    }
}
