package dev.tether.torch.network;

import dev.tether.run.InputException;
import dev.tether.torch.architecture.DecoderSpec;
import dev.tether.torch.architecture.LinearSpec.Layout;
import dev.tether.torch.architecture.LowRankSpec;
import dev.tether.torch.architecture.ParameterSpec;
import dev.tether.torch.directory.Checkpoint;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.network.Parameters.Training;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
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
    /** A low-rank adapter and the model that it adapts, whose parameters it shares. */
    private record Adaptation(LowRank adapter, CausalLm base) {}

    private final DecoderSpec spec;
    private final ComputeType computeType;
    private final Parameters parameters;
    private final Optional<Adaptation> adaptation;
    private final Decoder decoder;
    private final Affine head;
    private final Owned owned = new Owned();

    private CausalLm(DecoderSpec spec, Parameters parameters, ComputeType computeType) {
        this.spec = spec;
        this.computeType = computeType;
        this.parameters = parameters;
        this.adaptation = Optional.empty();
        this.decoder = Decoder.live(spec, parameters, computeType);
        this.head = new Linear(parameters.get(spec.head()), null, Layout.OUTPUTS_FIRST, owned);
    }

    private CausalLm(CausalLm base, LowRank adapter) {
        this.spec = base.spec;
        this.computeType = base.computeType;
        this.parameters = base.parameters;
        this.adaptation = Optional.of(new Adaptation(adapter, base));
        Owned ofDecoder = new Owned();
        Affines affines = new AdaptedAffines(new LeafAffines(parameters, computeType, ofDecoder), adapter);
        this.decoder = new Decoder(spec, parameters, computeType, affines, ofDecoder);
        this.head = base.head;
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

    /**
     * A frozen model with a fresh low-rank adapter, which alone is trained; it answers as the model without it. Owns both.
     *
     * @param seed of the adapter's weights A
     */
    public static CausalLm adapted(ModelDirectory directory, ComputeType computeType, LowRankSpec spec, long seed) {
        return adapted(directory, computeType, () -> LowRank.fresh(spec, computeType, seed));
    }

    /** A frozen model with an adapter of which each weight is what {@code saved} gives for it. Owns both. */
    public static CausalLm adapted(
            ModelDirectory directory,
            ComputeType computeType,
            LowRankSpec spec,
            Function<ParameterSpec, Tensor> saved) {
        return adapted(
                directory,
                computeType,
                () -> LowRank.of(spec, computeType, (parameter, tensor) -> tensor.copy_(saved.apply(parameter))));
    }

    private static CausalLm adapted(ModelDirectory directory, ComputeType computeType, Supplier<LowRank> adapter) {
        CausalLm base = frozen(directory, computeType);
        try {
            return new CausalLm(base, adapter.get());
        } catch (RuntimeException e) {
            base.close();
            throw e;
        }
    }

    /**
     * A network on the very same weights with gradients of its own, for a thread of its own. It does not own them: close it
     * before this one.
     */
    public CausalLm replica() {
        if (adaptation.isEmpty()) {
            return new CausalLm(spec, parameters.replica(), computeType);
        }
        Adaptation own = adaptation.get();
        return new CausalLm(own.base().replica(), own.adapter().replica());
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
     * original shapes; an adapter's are not among them. Live: to be changed in place, never to be replaced. Owned by
     * this model.
     */
    public Map<String, Tensor> parameters() {
        return parameters.byName();
    }

    /** What training changes, live: the adapter's weights by their names in PEFT, or without one all parameters. */
    public Map<String, Tensor> trained() {
        return adaptation.map(it -> it.adapter().parameters()).orElseGet(parameters::byName);
    }

    /** What is trained, each with the size of a small change to it. */
    public List<Nudge> nudges() {
        return adaptation
                .map(it -> it.adapter().nudges(parameters))
                .orElseGet(() -> parameters().values().stream().map(Nudge::of).toList());
    }

    /** The adapter's description; empty without one. */
    public Optional<LowRankSpec> lowRank() {
        return adaptation.map(it -> it.adapter().spec());
    }

    /** This model with its adapter off, on the very same weights; owned by this model. Empty without an adapter. */
    public Optional<CausalLm> withoutAdapter() {
        return adaptation.map(Adaptation::base);
    }

    /**
     * {@link #parameters} of the model without an adapter that answers as this one does now; what no adapter changes is
     * live, the rest belongs to the caller's scope.
     */
    public Map<String, Tensor> merged() {
        Map<String, Tensor> merged = new LinkedHashMap<>(parameters());
        spec.linears()
                .forEach(linear -> merged.put(linear.weightName(), weights().of(linear)));
        return merged;
    }

    private LinearWeights weights() {
        return adaptation
                .<LinearWeights>map(it -> new MergedWeights(parameters, it.adapter()))
                .orElse(parameters);
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

    /** {@link #logits} by a copy of the weights, for products of {@code rows} rows; close it before this model. */
    public PackedHead packedHead(long rows) {
        Owned copies = new Owned();
        PackedAffines affines = new PackedAffines(parameters, parameters, computeType, copies, rows);
        return new PackedHead(copies, affines.exact(headWeight(), null, Layout.OUTPUTS_FIRST));
    }

    /** This model as it is now, for passes of {@code rows} rows; close it before this one. */
    public PackedLm packed(long rows) {
        return PackedLm.of(spec, parameters, weights(), computeType, rows);
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
        adaptation.ifPresentOrElse(
                it -> {
                    it.adapter().close();
                    it.base().close();
                },
                parameters::close);
    }
}
