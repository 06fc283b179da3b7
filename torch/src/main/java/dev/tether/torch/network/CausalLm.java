package dev.tether.torch.network;

import dev.tether.run.InputException;
import dev.tether.torch.architecture.DecoderSpec;
import dev.tether.torch.architecture.LinearSpec.Layout;
import dev.tether.torch.architecture.ParameterSpec;
import dev.tether.torch.directory.Checkpoint;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.network.Parameters.Training;
import java.util.Map;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A decoder-only language model: named parameters and the forward pass, for every supported family. Owns its
 * parameters; {@link #close} frees them. Gradients flow where grad mode is on (it is by default; run inference in
 * {@link Scoped#computeWithoutGradients}). Memory: {@link Scoped}.
 */
public final class CausalLm implements AutoCloseable {
    private final DecoderSpec spec;
    private final ComputeType computeType;
    private final Parameters parameters;
    private final Decoder decoder;
    private final Affine head;
    private final Owned owned = new Owned();

    private CausalLm(DecoderSpec spec, Parameters parameters, ComputeType computeType) {
        this.spec = spec;
        this.computeType = computeType;
        this.parameters = parameters;
        this.decoder = Decoder.live(spec, parameters, computeType);
        this.head = new Linear(parameters.get(spec.head()), null, Layout.OUTPUTS_FIRST, owned);
    }

    /** The model of a directory, to be trained: its parameters require gradients. */
    public static CausalLm trainable(ModelDirectory directory, ComputeType computeType) {
        return read(directory, computeType, Training.TRAINABLE);
    }

    /** The model of a directory, never to be changed. */
    public static CausalLm frozen(ModelDirectory directory, ComputeType computeType) {
        return read(directory, computeType, Training.FROZEN);
    }

    /** A fresh model for the config.json of a directory, weights drawn from {@code seed}, to be trained. */
    public static CausalLm fresh(ModelDirectory directory, ComputeType computeType, long seed) {
        TorchEngine.ensureStarted();
        return Scoped.compute(() -> {
            Generator generator = torch.createCPUGenerator(seed);
            GeneratorOptional source = new GeneratorOptional(generator);
            double deviation = directory.spec().initializerRange();
            return build(directory.spec(), computeType, Training.TRAINABLE, (parameter, tensor) -> {
                switch (parameter.initial()) {
                    case NORMAL -> tensor.normal_(0, deviation, source);
                    case ONES -> tensor.fill_(new Scalar(1));
                    case ZEROS -> tensor.zero_();
                }
            });
        });
    }

    private static CausalLm read(ModelDirectory directory, ComputeType computeType, Training training) {
        TorchEngine.ensureStarted();
        try (Checkpoint checkpoint = directory.weights(directory.spec().parameters())) {
            return build(
                    directory.spec(),
                    computeType,
                    training,
                    (parameter, tensor) -> tensor.copy_(checkpoint.tensor(parameter)));
        }
    }

    private static CausalLm build(
            DecoderSpec spec, ComputeType computeType, Training training, BiConsumer<ParameterSpec, Tensor> fill) {
        Parameters parameters = Parameters.of(spec.parameters(), Decoder.groups(spec), computeType, training, fill);
        return new CausalLm(spec, parameters, computeType);
    }

    /**
     * The parameters by their names in the model's safetensors file, in the order of the forward pass, in their
     * original shapes. Live: to be changed in place, never to be replaced. Owned by this model.
     */
    public Map<String, Tensor> parameters() {
        return parameters.byName();
    }

    /** Hidden states after the final norm, [B][L][width]. */
    public Tensor hidden(TokenRows rows) {
        return decoder.hidden(rows);
    }

    /** Logits [..., vocabulary] of hidden states [..., width]. */
    public Tensor logits(Tensor hidden) {
        return head.apply(hidden);
    }

    /** The weights [vocabulary][width] that turn hidden states into logits. */
    Tensor headWeight() {
        return parameters.get(spec.head());
    }

    /** {@link #logits} by a copy of the weights that is laid out for products of {@code rows} rows. */
    Affine packedHead(long rows, Owned keeper) {
        return new PackedAffines(parameters, keeper, computeType, rows).of(headWeight(), null, Layout.OUTPUTS_FIRST);
    }

    /** This model as it is now, for passes of {@code rows} rows. */
    PackedLm packed(long rows) {
        return PackedLm.of(spec, parameters, computeType, rows);
    }

    /** Positions the model can attend to. */
    public int contextLength() {
        return spec.contextLength();
    }

    /** Size of the hidden state. */
    public int width() {
        return spec.width();
    }

    public int vocabularySize() {
        return spec.vocabularySize();
    }

    public ComputeType computeType() {
        return computeType;
    }

    /** @throws InputException when {@code reference} has a vocabulary of another size: then there is no KL between them */
    public void requireVocabularyOf(CausalLm reference) {
        if (vocabularySize() != reference.vocabularySize()) {
            throw new InputException("the policy knows " + vocabularySize() + " tokens, the reference "
                    + reference.vocabularySize() + ": a KL needs two models of one vocabulary");
        }
    }

    @Override
    public void close() {
        decoder.close();
        owned.close();
        parameters.close();
    }
}
