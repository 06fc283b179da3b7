package dev.tether.torch;

import dev.tether.torch.network.CausalLm;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.TokenBatch;

/** A frozen model on libtorch. */
public final class TorchReferenceModel implements ReferenceModel {
    private final CausalLm network;
    private final int microbatchSize;

    private final Runnable release;

    private TorchReferenceModel(CausalLm network, int microbatchSize, Runnable release) {
        this.network = network;
        this.microbatchSize = microbatchSize;
        this.release = release;
    }

    /** A model of its own. */
    static TorchReferenceModel owning(CausalLm network, int microbatchSize) {
        return new TorchReferenceModel(network, microbatchSize, network::close);
    }

    /** A network that another model owns and that must not be used after that is closed. */
    static TorchReferenceModel viewing(CausalLm network, int microbatchSize) {
        return new TorchReferenceModel(network, microbatchSize, () -> {});
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
        release.run();
    }
}
