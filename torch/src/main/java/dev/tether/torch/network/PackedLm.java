package dev.tether.torch.network;

import dev.tether.torch.architecture.DecoderSpec;
import dev.tether.torch.architecture.LinearSpec.Layout;
import dev.tether.torch.engine.ComputeType;
import org.bytedeco.pytorch.Tensor;

/**
 * A language model as it is at one moment, laid out for many passes with few tokens each: for generation. Holds copies
 * of the large weights; does not see later changes of the parameters. Any number of threads may read it at once.
 */
public final class PackedLm implements AutoCloseable {
    private final Decoder decoder;
    private final Affine head;

    private PackedLm(Decoder decoder, Affine head) {
        this.decoder = decoder;
        this.head = head;
    }

    /**
     * @param weights of the affine maps of the layers
     * @param rows that a pass usually has
     */
    static PackedLm of(
            DecoderSpec spec, Parameters parameters, LinearWeights weights, ComputeType computeType, long rows) {
        Owned owned = new Owned();
        try {
            PackedAffines affines = new PackedAffines(parameters, weights, computeType, owned, rows);
            Tensor head = parameters.get(spec.head());
            return new PackedLm(
                    new Decoder(spec, parameters, computeType, affines, owned),
                    affines.exact(head, null, Layout.OUTPUTS_FIRST));
        } catch (RuntimeException e) {
            owned.close();
            throw e;
        }
    }

    Decoder decoder() {
        return decoder;
    }

    /** Logits [..., vocabulary] of hidden states [..., width]. */
    Tensor logits(Tensor hidden) {
        return head.apply(hidden);
    }

    @Override
    public void close() {
        decoder.close();
    }
}
