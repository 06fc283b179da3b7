package dev.tether.torch.directory;

import dev.tether.run.InputException;
import dev.tether.torch.architecture.ConfigFile;
import dev.tether.torch.architecture.DecoderSpec;
import dev.tether.torch.architecture.ModelFamilies;
import dev.tether.torch.architecture.ModelFamily;
import dev.tether.torch.architecture.ParameterSpec;
import dev.tether.torch.safetensors.ShardedWeights;
import dev.tether.torch.safetensors.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A Hugging Face model directory whose config.json has been read and understood; its weights are read on demand. */
public final class ModelDirectory {
    static final String CONFIG = "config.json";

    private final Path path;
    private final ConfigFile config;
    private final ModelFamily family;
    private final DecoderSpec spec;

    private ModelDirectory(Path path, ConfigFile config, ModelFamily family) {
        this.path = path;
        this.config = config;
        this.family = family;
        this.spec = family.description().apply(config);
    }

    /**
     * A directory that holds a language model.
     *
     * @throws InputException when it is missing, or its config.json is missing, wrong or of something not supported
     */
    public static ModelDirectory ofLanguageModel(Path path) {
        ModelDirectory directory = read(path);
        ModelFamilies.requireLanguageModel(directory.family, directory.config);
        return directory;
    }

    /** A directory that holds a network with one score per position; errors as in {@link #ofLanguageModel}. */
    public static ModelDirectory ofSequenceClassifier(Path path) {
        ModelDirectory directory = read(path);
        ModelFamilies.requireSequenceClassifier(directory.family, directory.config);
        return directory;
    }

    /**
     * A directory that holds a network with one score per position, be it a sequence classifier or a language model with
     * a value head; errors as in {@link #ofLanguageModel}.
     */
    public static ModelDirectory ofScorer(Path path) {
        ModelDirectory directory = read(path);
        ModelFamilies.requireScorer(directory.family, directory.config);
        return directory;
    }

    private static ModelDirectory read(Path path) {
        if (!Files.exists(path)) {
            throw new InputException(path + ": there is no such model directory");
        }
        if (!Files.isDirectory(path)) {
            throw new InputException(path + ": is a file, must be a model directory that holds " + CONFIG);
        }
        ConfigFile config = ConfigFile.read(path.resolve(CONFIG));
        return new ModelDirectory(path, config, ModelFamilies.of(config));
    }

    public Path path() {
        return path;
    }

    public DecoderSpec spec() {
        return spec;
    }

    /** The ids that end a response: generation_config.json's, else config.json's; empty where neither names one. */
    public int[] stopIds() {
        Path generation = path.resolve("generation_config.json");
        if (Files.exists(generation)) {
            int[] ids = ConfigFile.read(generation).integers("eos_token_id");
            if (ids.length > 0) {
                return ids;
            }
        }
        return config.integers("eos_token_id");
    }

    /** The ids that fill up a batch, as config.json names them; empty where it names none. */
    public int[] padIds() {
        return config.integers("pad_token_id");
    }

    /** The names of all tensors on the disk. */
    public Set<String> tensorNames() {
        refusePickle();
        try (Weights weights = ShardedWeights.open(path)) {
            return Set.copyOf(weights.names());
        }
    }

    /**
     * The weights, which hold exactly {@code parameters}.
     *
     * @throws InputException naming every missing, unexpected or wrong-shaped tensor
     */
    public Checkpoint weights(List<ParameterSpec> parameters) {
        refusePickle();
        return Checkpoint.open(path, family, spec, parameters);
    }

    /** What transformers calls a sequence classifier of this family. */
    String classifierName() {
        if (family.sequenceClassifiers().isEmpty()) {
            throw new InputException(
                    path + ": there is no sequence classifier of the family " + family.modelType() + " to write");
        }
        return family.sequenceClassifiers().get(0);
    }

    /** Whether there are weights to read. */
    boolean hasWeights() {
        return Files.exists(path.resolve("model.safetensors"))
                || Files.exists(path.resolve("model.safetensors.index.json"));
    }

    /** Pickle files can run code when they are read, so they never are. */
    private void refusePickle() {
        if (hasWeights()) {
            return;
        }
        try (Stream<Path> files = Files.list(path)) {
            files.filter(ModelDirectory::isPickle).sorted().findFirst().ifPresent(file -> {
                throw new InputException(
                        file + ": is a pickle file, which is never read; save the model as model.safetensors");
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isPickle(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".bin") || name.endsWith(".pt") || name.endsWith(".pth");
    }
}
