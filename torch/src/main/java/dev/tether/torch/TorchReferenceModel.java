package dev.tether.torch;

import dev.tether.torch.network.CausalLm;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.TokenBatch;

/** A frozen model on libtorch. */
public final class TorchReferenceModel implements ReferenceModel {
    private final CausalLm network;
    private final int microbatchSize;

    TorchReferenceModel(CausalLm network, int microbatchSize) {
        this.network = network;
        this.microbatchSize = microbatchSize;
    }

    @Override
    public double[][] logprobs(TokenBatch batch, double temperature) {
        return ResponseReader.logprobs(network, batch, temperature, microbatchSize);
    }

    /** Still owned by this model. */
    CausalLm network() {
        return network;
    }

    @Override
    public void close() {
        network.close();
    }
}
