package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.linear;

import dev.tether.torch.architecture.DecoderSpec;
import dev.tether.torch.architecture.ParameterSpec;
import dev.tether.torch.architecture.ParameterSpec.Initial;
import dev.tether.torch.directory.Checkpoint;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.network.Parameters.Training;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A value network: a trunk of its own and a head. */
final class SeparateValue implements ValueFunction {
    private static final String HEAD = "score.weight";

    private final DecoderSpec spec;
    private final ComputeType computeType;
    private final Parameters parameters;
    private final Decoder decoder;

    private SeparateValue(DecoderSpec spec, Parameters parameters, ComputeType computeType) {
        this.spec = spec;
        this.computeType = computeType;
        this.parameters = parameters;
        this.decoder = Decoder.live(spec, parameters, computeType);
    }

    static SeparateValue fromLanguageModel(ModelDirectory directory, ComputeType computeType) {
        return read(directory, directory.spec().parameters(), computeType);
    }

    static SeparateValue fromSequenceClassifier(ModelDirectory directory, ComputeType computeType) {
        return read(directory, withHead(directory.spec()), computeType);
    }

    private static List<ParameterSpec> withHead(DecoderSpec spec) {
        List<ParameterSpec> all = new ArrayList<>(spec.trunkParameters());
        all.add(new ParameterSpec(HEAD, new long[] {1, spec.width()}, Initial.ZEROS));
        return all;
    }

    /** @param onDisk the parameters the directory holds; a head among them is read, else it stays zero */
    private static SeparateValue read(ModelDirectory directory, List<ParameterSpec> onDisk, ComputeType computeType) {
        TorchEngine.ensureStarted();
        DecoderSpec spec = directory.spec();
        try (Checkpoint checkpoint = directory.weights(onDisk)) {
            Parameters parameters = Parameters.of(
                    withHead(spec), Decoder.groups(spec), computeType, Training.TRAINABLE, (parameter, tensor) -> {
                        if (onDisk.contains(parameter)) {
                            tensor.copy_(checkpoint.tensor(parameter));
                        }
                    });
            return new SeparateValue(spec, parameters, computeType);
        }
    }

    @Override
    public boolean sharesTrunk() {
        return false;
    }

    @Override
    public ValueFunction replica() {
        return new SeparateValue(spec, parameters.replica(), computeType);
    }

    @Override
    public Map<String, Tensor> parameters() {
        Map<String, Tensor> named = new LinkedHashMap<>();
        parameters.byName().forEach((name, tensor) -> named.put("value." + name, tensor));
        return Collections.unmodifiableMap(named);
    }

    @Override
    public Tensor values(TokenRows rows, Tensor policyHidden) {
        return Scoped.handOver(
                () -> linear(decoder.hidden(rows), parameters.get(HEAD)).squeeze(-1));
    }

    @Override
    public void close() {
        decoder.close();
        parameters.close();
    }
}
