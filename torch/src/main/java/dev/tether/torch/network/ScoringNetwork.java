package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.linear;

import dev.tether.run.InputException;
import dev.tether.torch.architecture.DecoderSpec;
import dev.tether.torch.architecture.LinearSpec;
import dev.tether.torch.architecture.LinearSpec.Bias;
import dev.tether.torch.architecture.LinearSpec.Layout;
import dev.tether.torch.architecture.ParameterSpec;
import dev.tether.torch.directory.Checkpoint;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.network.Parameters.Training;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * A trunk with a linear head that gives one number per position: {@code score} of a sequence classifier, or
 * {@code v_head.summary} beside a language model, as TRL saves it.
 */
public final class ScoringNetwork implements AutoCloseable {
    private final DecoderSpec spec;
    private final Parameters parameters;
    private final Decoder decoder;
    private final Tensor weight;
    private final TensorOptional bias;
    private final Owned owned = new Owned();

    private ScoringNetwork(DecoderSpec spec, LinearSpec head, Parameters parameters, ComputeType computeType) {
        this.spec = spec;
        this.parameters = parameters;
        this.decoder = Decoder.live(spec, parameters, computeType);
        this.weight = parameters.get(head.weightName());
        this.bias = owned.own(
                head.bias() == Bias.ADDED ? new TensorOptional(parameters.get(head.biasName())) : new TensorOptional());
    }

    /**
     * Never to be changed.
     *
     * @throws InputException when there is no such head, or the weights do not fit config.json
     */
    public static ScoringNetwork read(ModelDirectory directory, ComputeType computeType) {
        LinearSpec classifier = classifier(directory);
        LinearSpec value =
                new LinearSpec("v_head.summary", directory.spec().width(), 1, Layout.OUTPUTS_FIRST, Bias.ADDED);
        Set<String> names = directory.tensorNames();
        for (LinearSpec head : List.of(classifier, value)) {
            if (names.contains(head.weightName())) {
                return read(directory, head, computeType, Training.FROZEN);
            }
        }
        throw new InputException(directory.path() + ": has no head that scores, neither " + classifier.weightName()
                + " nor " + value.weightName());
    }

    /**
     * A sequence classifier to be trained: that of the directory, or the trunk of its language model with a head that starts
     * at zero, so that every first score is 0.
     *
     * @throws InputException when the weights do not fit config.json
     */
    public static ScoringNetwork trainable(ModelDirectory directory, ComputeType computeType) {
        return read(directory, classifier(directory), computeType, Training.TRAINABLE);
    }

    private static LinearSpec classifier(ModelDirectory directory) {
        return new LinearSpec("score", directory.spec().width(), 1, Layout.OUTPUTS_FIRST, Bias.NONE);
    }

    private static ScoringNetwork read(
            ModelDirectory directory, LinearSpec head, ComputeType computeType, Training training) {
        TorchEngine.ensureStarted();
        DecoderSpec spec = directory.spec();
        boolean hasHead = directory.tensorNames().contains(head.weightName());
        boolean isClassifier = hasHead && head.bias() == Bias.NONE;
        List<ParameterSpec> onDisk = new ArrayList<>(isClassifier ? spec.trunkParameters() : spec.parameters());
        onDisk.addAll(hasHead ? head.parameters() : List.of());
        List<ParameterSpec> needed = new ArrayList<>(spec.trunkParameters());
        needed.addAll(head.parameters());
        try (Checkpoint checkpoint = directory.weights(onDisk)) {
            Parameters parameters =
                    Parameters.of(needed, Decoder.groups(spec), computeType, training, (parameter, tensor) -> {
                        if (onDisk.contains(parameter)) {
                            tensor.copy_(checkpoint.tensor(parameter));
                        }
                    });
            return new ScoringNetwork(spec, head, parameters, computeType);
        }
    }

    /** The parameters by the names of the directory's files, live. Owned by this network. */
    public Map<String, Tensor> parameters() {
        return parameters.byName();
    }

    /**
     * The number at the last token of each sequence.
     *
     * @param sequences token ids, each sequence with at least one and none longer than {@link #contextLength}
     */
    public double[] lastScores(List<int[]> sequences) {
        return Scoped.computeWithoutGradients(() -> Tensors.toDoubles(scores(sequences)));
    }

    /** {@link #lastScores} as a tensor [B] in the caller's scope, differentiable where the network is trainable. */
    public Tensor scores(List<int[]> sequences) {
        int longest = sequences.stream().mapToInt(ids -> ids.length).max().orElse(0);
        long[] ids = new long[sequences.size() * longest];
        long[] last = new long[sequences.size()];
        for (int b = 0; b < sequences.size(); b++) {
            int[] row = sequences.get(b);
            for (int i = 0; i < row.length; i++) {
                ids[b * longest + i] = row[i];
            }
            last[b] = (long) b * longest + row.length - 1;
        }
        return Scoped.handOver(() -> {
            TokenRows rows = TokenRows.leftAligned(Tensors.of(ids, sequences.size(), longest));
            Tensor read = decoder.hidden(rows).view(-1, spec.width()).index_select(0, Tensors.of(last, last.length));
            return linear(read, weight, bias).squeeze(-1);
        });
    }

    /** Positions the model can attend to. */
    public int contextLength() {
        return spec.contextLength();
    }

    public int vocabularySize() {
        return spec.vocabularySize();
    }

    @Override
    public void close() {
        decoder.close();
        owned.close();
        parameters.close();
    }
}
