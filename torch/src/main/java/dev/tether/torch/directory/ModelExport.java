package dev.tether.torch.directory;

import dev.tether.run.InputException;
import dev.tether.torch.architecture.ParameterSpec;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a language model as a Hugging Face directory that {@code transformers} loads: config.json with all its keys,
 * model.safetensors in the names it was read in, and the files of the tokenizer.
 */
public final class ModelExport {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> COMPANIONS = List.of(
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "tokenizer.model",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "chat_template.jinja",
            "chat_template.json");

    private ModelExport() {}

    /**
     * Writes aside, then renames: {@code target} is either what it was or the whole new model. An earlier model in its
     * place is replaced; anything else is refused.
     *
     * @param source where the model came from: its config.json and tokenizer files are taken over
     * @param parameters by name, as the network calls them
     * @throws InputException when {@code target} holds something that is no model
     */
    public static void write(ModelDirectory source, Map<String, Tensor> parameters, ExportType type, Path target)
            throws IOException {
        requireReplaceable(target);
        Path parent = target.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        Path aside = parent.resolve("." + target.getFileName() + ".writing");
        delete(aside);
        Files.createDirectory(aside);
        try {
            writeInto(aside, source, parameters, type);
            replace(aside, target, parent.resolve("." + target.getFileName() + ".old"));
        } finally {
            delete(aside);
        }
    }

    private static void requireReplaceable(Path target) throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw new InputException(target + ": is a file, a model is written into a directory");
        }
        if (!isEmpty(target) && !Files.exists(target.resolve(ModelDirectory.CONFIG))) {
            throw new InputException(target + ": is not empty and holds no model, so it is not replaced by one");
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findFirst().isEmpty();
        }
    }

    private static void replace(Path aside, Path target, Path old) throws IOException {
        delete(old);
        if (Files.exists(target)) {
            Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        delete(old);
    }

    private static void writeInto(
            Path directory, ModelDirectory source, Map<String, Tensor> parameters, ExportType type) throws IOException {
        writeConfig(source.path().resolve(ModelDirectory.CONFIG), type, directory.resolve(ModelDirectory.CONFIG));
        copyCompanions(source, directory);
        writeWeights(directory.resolve("model.safetensors"), source, parameters, type);
    }

    /** Takes over the tokenizer's files. */
    static void copyCompanions(ModelDirectory source, Path directory) throws IOException {
        for (String name : COMPANIONS) {
            if (Files.exists(source.path().resolve(name))) {
                Files.copy(source.path().resolve(name), directory.resolve(name));
            }
        }
    }

    private static void writeConfig(Path from, ExportType type, Path to) throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree(Files.readAllBytes(from));
        type.configName().ifPresent(name -> {
            for (String key : new String[] {"dtype", "torch_dtype"}) {
                JsonNode old = config.path(key);
                if (!old.isMissingNode()) {
                    config.put(key, name);
                }
            }
        });
        Files.write(to, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config));
    }

    private static void writeWeights(Path file, ModelDirectory source, Map<String, Tensor> parameters, ExportType type)
            throws IOException {
        List<ParameterSpec> specs = source.spec().parameters();
        try (Checkpoint original = source.hasWeights() ? source.weights(specs) : null) {
            Scoped.runWithoutGradients(() -> {
                LinkedHashMap<String, Tensor> named = new LinkedHashMap<>();
                for (ParameterSpec spec : specs) {
                    ScalarType scalarType =
                            type.scalarType().orElse(original == null ? ScalarType.Float : original.scalarType(spec));
                    String name = original == null ? spec.name() : original.nameOnDisk(spec);
                    named.put(name, parameters.get(spec.name()).detach().to(scalarType));
                }
                try {
                    SafetensorsWriter.write(file, named, Map.of("format", "pt"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
