package dev.tether.trainer.parallel;

import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.TokenBatch;

/** A reference whose copies at all processes read a batch together. Owns this process's. */
public final class DividedReference implements ReferenceModel {
    private final ReferenceModel own;
    private final Peers peers;

    public DividedReference(ReferenceModel own, Peers peers) {
        this.own = own;
        this.peers = peers;
    }

    @Override
    public double[][] logprobs(TokenBatch batch, double temperature) {
        return DealtReading.of(peers, "reference", batch, some -> new double[][][] {own.logprobs(some, temperature)})[
                0];
    }

    /** This process's copy. */
    ReferenceModel own() {
        return own;
    }

    @Override
    public void close() {
        own.close();
    }
}
