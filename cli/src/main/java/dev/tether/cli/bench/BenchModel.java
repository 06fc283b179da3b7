package dev.tether.cli.bench;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.architecture.DecoderSpec;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.pretrain.FreshWeights;
import dev.tether.trainer.model.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The model that is measured: a directory of links to a model's files, with a config.json that names no end token, so
 * that every response grows to its full length. Or random weights in the same shape with another vocabulary.
 */
final class BenchModel implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String CONFIG = "config.json";
    private static final Set<String> OWN = Set.of(CONFIG, "generation_config.json");

    private final Path directory;
    private final Tokenizer tokenizer;

    private BenchModel(Path directory, Tokenizer tokenizer) {
        this.directory = directory;
        this.tokenizer = tokenizer;
    }

    /** @param vocabulary size of a vocabulary of random weights; empty = the model as it is */
    static BenchModel of(Path source, OptionalInt vocabulary, long seed) {
        ModelDirectory.ofLanguageModel(source);
        Path directory = null;
        try {
            directory = ownDirectory();
            writeConfig(source, directory, vocabulary);
            if (vocabulary.isPresent()) {
                FreshWeights.write(directory, seed);
                return new BenchModel(directory, new IdTokenizer(vocabulary.getAsInt()));
            }
            link(source, directory);
            return new BenchModel(directory, LanguageModels.openTokenizer(directory));
        } catch (IOException e) {
            delete(directory);
            throw new InputException("cannot make a model to measure of " + source + ": " + AtomicFiles.reason(e), e);
        } catch (RuntimeException e) {
            delete(directory);
            throw e;
        }
    }

    /** Gone when the process ends, also by Ctrl-C. */
    private static Path ownDirectory() throws IOException {
        Path directory = Files.createTempDirectory("tether-bench");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
        return directory;
    }

    private static void writeConfig(Path source, Path directory, OptionalInt vocabulary) throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree(Files.readAllBytes(source.resolve(CONFIG)));
        config.remove("eos_token_id");
        if (vocabulary.isPresent()) {
            config.put("vocab_size", vocabulary.getAsInt());
            config.remove(List.of("bos_token_id", "pad_token_id"));
        }
        Files.write(directory.resolve(CONFIG), JSON.writeValueAsBytes(config));
    }

    private static void link(Path source, Path directory) throws IOException {
        try (Stream<Path> files = Files.list(source.toRealPath())) {
            for (Path file : files.toList()) {
                if (!OWN.contains(file.getFileName().toString())) {
                    Files.createSymbolicLink(directory.resolve(file.getFileName()), file);
                }
            }
        }
    }

    Path directory() {
        return directory;
    }

    DecoderSpec spec() {
        return ModelDirectory.ofLanguageModel(directory).spec();
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public void close() {
        delete(directory);
    }

    private static void delete(Path directory) {
        try {
            if (directory != null) {
                AtomicFiles.delete(directory);
            }
        } catch (IOException e) {
            // what is left of it lies where the system clears up
        }
    }
}
