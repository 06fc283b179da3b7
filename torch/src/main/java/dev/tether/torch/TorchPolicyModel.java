package dev.tether.torch;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.architecture.LowRankSpec;
import dev.tether.torch.directory.AdapterDirectory;
import dev.tether.torch.directory.ExportType;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.directory.ModelExport;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.generation.ResponseGenerator;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.ResponsePass.EntropyGradient;
import dev.tether.torch.network.TokenReading;
import dev.tether.torch.network.ValueFunction;
import dev.tether.torch.parallel.TensorPeers;
import dev.tether.torch.train.PolicyTrainer;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import dev.tether.trainer.parallel.DivisiblePolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** A policy on libtorch. */
public final class TorchPolicyModel implements DivisiblePolicy {
    private final ModelDirectory directory;
    private final CausalLm network;
    /** Null without a value function. */
    private final ValueFunction values;

    private final ModelSettings settings;
    private final PolicyTrainer trainer;

    TorchPolicyModel(ModelDirectory directory, CausalLm network, ValueFunction values, ModelSettings settings) {
        this.directory = directory;
        this.network = network;
        this.values = values;
        this.settings = settings;
        this.trainer = new PolicyTrainer(network, values, settings.optimizer(), settings.microbatchSize());
    }

    /** From now on every update is one of all {@code peers} together. */
    public void join(TensorPeers peers) {
        trainer.join(peers);
    }

    @Override
    public void takeStateOfFirst() {
        Scoped.runWithoutGradients(trainer::takeStateOfFirst);
    }

    @Override
    public String trainedFingerprint() {
        return WeightFingerprint.of(trainer.trained());
    }

    @Override
    public Generation generate(int[][] prompts, Sampling sampling, long seed) {
        return generateRows(prompts, 0, sampling, seed);
    }

    @Override
    public Generation generateRows(int[][] prompts, int firstRow, Sampling sampling, long seed) {
        int[] stopIds = sampling.stopIds().length > 0 ? sampling.stopIds() : directory.stopIds();
        return ResponseGenerator.generate(
                network, prompts, sampling, stopIds, ResponseGenerator.seedFromRow(seed, firstRow));
    }

    @Override
    public Evaluation evaluate(TokenBatch batch, double temperature) {
        return ResponseReader.evaluate(network, values, batch, temperature, settings.microbatchSize());
    }

    @Override
    public double[][] values(TokenBatch batch) {
        return ResponseReader.values(network, values, batch, settings.microbatchSize());
    }

    /** Logprobs and entropies of any text of at least two tokens, at temperature 1. */
    public TokenScores score(int[] ids) {
        if (ids.length < 2) {
            throw new IllegalArgumentException(
                    "a text of " + ids.length + " tokens has nothing to score: it needs at least 2");
        }
        int[][] first = {{ids[0]}};
        int[][] rest = {Arrays.copyOfRange(ids, 1, ids.length)};
        Evaluation evaluation = evaluate(new TokenBatch(first, rest, ResponseMask.all(1, ids.length - 1)), 1);
        return new TokenScores(evaluation.logprobs()[0], evaluation.entropy()[0]);
    }

    @Override
    public UpdateReport update(
            Minibatch minibatch, UpdateObjective objective, double temperature, double learningRate) {
        EntropyGradient entropy = objective.entropyCoef() > 0 ? EntropyGradient.TRACKED : EntropyGradient.NONE;
        CausalLm reference = objective
                .klLoss()
                .requiredReference()
                .map(this::requireReadable)
                .orElse(null);
        return trainer.update(minibatch, objective, new TokenReading(temperature, entropy, reference), learningRate);
    }

    /** The network behind a reference whose distributions can be compared with this policy's. */
    private CausalLm requireReadable(ReferenceModel reference) {
        CausalLm other = networkOf(reference);
        network.requireVocabularyOf(other);
        if (network.computeType() != other.computeType()) {
            throw new IllegalArgumentException("the policy computes in " + network.computeType() + ", the reference in "
                    + other.computeType() + ": a penalty over the vocabulary needs one number type");
        }
        return other;
    }

    private static CausalLm networkOf(ReferenceModel reference) {
        if (reference instanceof TorchReferenceModel frozen) {
            return frozen.network();
        }
        if (reference instanceof TorchMovingReference moving) {
            return moving.network();
        }
        throw new IllegalArgumentException("the penalty needs the reference's whole distributions, and a "
                + reference.getClass().getName() + " has none that a policy on libtorch can read");
    }

    /** Still owned by this model. */
    CausalLm network() {
        return network;
    }

    @Override
    public int contextLength() {
        return network.contextLength();
    }

    @Override
    public void saveTrainingState(Path directory) throws IOException {
        trainer.save(directory);
    }

    @Override
    public void restoreTrainingState(Path directory) throws IOException {
        trainer.restore(directory);
    }

    /**
     * This model with its adapter off, as it was before training: a view on the very same weights, valid until this model
     * is closed.
     *
     * @throws IllegalStateException where there is no adapter
     */
    public TorchReferenceModel withoutAdapter() {
        CausalLm base = network.withoutAdapter()
                .orElseThrow(() -> new IllegalStateException("this policy has no adapter that could be off"));
        return TorchReferenceModel.viewing(base, settings.microbatchSize());
    }

    @Override
    public ExportKind exportKind() {
        return network.lowRank().isPresent() ? ExportKind.ADAPTER : ExportKind.MODEL;
    }

    @Override
    public void export(Path target) throws IOException {
        Optional<LowRankSpec> lowRank = network.lowRank();
        if (lowRank.isPresent()) {
            String base = WeightFingerprint.inSinglePrecision(network.parameters());
            AdapterDirectory.write(target, lowRank.get(), network.trained(), directory, base);
        } else {
            export(target, ExportType.FLOAT32);
        }
    }

    /** Writes a whole model directory with weights of a given number type; an adapter is merged into them. */
    public void export(Path target, ExportType type) throws IOException {
        try {
            Scoped.runWithoutGradients(() -> {
                try {
                    ModelExport.write(directory, network.merged(), type, target);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() {
        trainer.close();
        if (values != null) {
            values.close();
        }
        network.close();
    }
}
