package dev.tether.torch.directory;

import dev.tether.run.InputException;
import dev.tether.torch.architecture.DecoderSpec;
import dev.tether.torch.architecture.ModelFamily;
import dev.tether.torch.architecture.ParameterSpec;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.safetensors.ShardedWeights;
import dev.tether.torch.safetensors.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The weights of a model directory, checked tensor by tensor against what its network needs. */
public final class Checkpoint implements AutoCloseable {
    private static final int NAMED_AT_MOST = 6;

    private final Weights weights;
    private final Map<String, String> nameOnDisk;

    private Checkpoint(Weights weights, Map<String, String> nameOnDisk) {
        this.weights = weights;
        this.nameOnDisk = nameOnDisk;
    }

    static Checkpoint open(Path directory, ModelFamily family, DecoderSpec spec, List<ParameterSpec> parameters) {
        Weights weights = ShardedWeights.open(directory);
        try {
            Map<String, String> nameOnDisk = namesOnDisk(weights, spec.prefix(), parameters);
            requireEqualCopy(directory, family, spec, weights);
            requireMatch(directory, weights, nameOnDisk, parameters, extraNames(family, spec, weights, nameOnDisk));
            return new Checkpoint(weights, nameOnDisk);
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** The tensor of a parameter in its type on disk, in the caller's scope. */
    public Tensor tensor(ParameterSpec parameter) {
        return weights.tensor(nameOnDisk(parameter));
    }

    /** The number type of a parameter in the file. */
    ScalarType scalarType(ParameterSpec parameter) {
        return weights.dtype(nameOnDisk(parameter)).scalarType();
    }

    /** The name of a parameter in the file: without the trunk's prefix where the file leaves it out. */
    public String nameOnDisk(ParameterSpec parameter) {
        return nameOnDisk.get(parameter.name());
    }

    /** Checkpoints of a bare trunk leave out its prefix. */
    private static Map<String, String> namesOnDisk(Weights weights, String prefix, List<ParameterSpec> parameters) {
        boolean bare = weights.names().stream().noneMatch(name -> name.startsWith(prefix));
        Map<String, String> names = new HashMap<>();
        for (ParameterSpec parameter : parameters) {
            String name = parameter.name();
            names.put(name, bare && name.startsWith(prefix) ? name.substring(prefix.length()) : name);
        }
        return names;
    }

    private static TreeSet<String> extraNames(
            ModelFamily family, DecoderSpec spec, Weights weights, Map<String, String> nameOnDisk) {
        TreeSet<String> extra = new TreeSet<>(weights.names());
        extra.removeAll(nameOnDisk.values());
        extra.removeIf(family::isIgnored);
        if (spec.tied()) {
            extra.remove(family.outputHead()); // a second copy of the embedding, as some writers save it
        }
        return extra;
    }

    private static void requireMatch(
            Path directory,
            Weights weights,
            Map<String, String> nameOnDisk,
            List<ParameterSpec> parameters,
            TreeSet<String> extra) {
        List<String> missing = new ArrayList<>();
        List<String> misshapen = new ArrayList<>();
        for (ParameterSpec parameter : parameters) {
            String name = nameOnDisk.get(parameter.name());
            String expected = Arrays.toString(parameter.shape());
            if (!weights.names().contains(name)) {
                missing.add(name + " " + expected);
            } else if (!Arrays.equals(weights.shape(name), parameter.shape())) {
                misshapen.add(
                        name + " (expected " + expected + ", found " + Arrays.toString(weights.shape(name)) + ")");
            }
        }
        List<String> unexpected = extra.stream()
                .map(name -> name + " " + Arrays.toString(weights.shape(name)))
                .toList();
        List<String> faults = new ArrayList<>();
        addFault(faults, "missing", missing);
        addFault(faults, "of the wrong shape", misshapen);
        addFault(faults, "unexpected", unexpected);
        if (!faults.isEmpty()) {
            throw new InputException(directory + ": the weights do not fit config.json: " + String.join("; ", faults));
        }
    }

    /** An output weight of its own in a model whose configuration ties it to the embedding: which of them is meant? */
    private static void requireEqualCopy(Path directory, ModelFamily family, DecoderSpec spec, Weights weights) {
        String copy = family.outputHead();
        if (!spec.tied() || !weights.names().contains(copy) || !weights.names().contains(spec.tokenEmbedding())) {
            return;
        }
        boolean equal = weights.dtype(copy) == weights.dtype(spec.tokenEmbedding())
                && Scoped.compute(() -> weights.tensor(copy).equal(weights.tensor(spec.tokenEmbedding())));
        if (!equal) {
            throw new InputException(directory + ": " + copy + " differs from " + spec.tokenEmbedding()
                    + ", although config.json says tie_word_embeddings");
        }
    }

    private static void addFault(List<String> faults, String what, List<String> tensors) {
        if (tensors.isEmpty()) {
            return;
        }
        String named = String.join(", ", tensors.subList(0, Math.min(NAMED_AT_MOST, tensors.size())));
        String rest = tensors.size() > NAMED_AT_MOST ? " and " + (tensors.size() - NAMED_AT_MOST) + " more" : "";
        faults.add(tensors.size() + (tensors.size() == 1 ? " tensor " : " tensors ") + what + ": " + named + rest);
    }

    @Override
    public void close() {
        weights.close();
    }
}
