package dev.tether.cli.builtin;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The models that ship inside of Tether, as directories. A model is copied from the class path into a cache once; the
 * name of its directory is the digest of its files, and each file is compared with its own digest before every use, so
 * what is handed out is what was built in. Several processes may do so at once.
 */
public final class BuiltInModels {
    private static final List<String> NAMES = List.of("reviews");
    private static final String ROOT = "/dev/tether/builtin/";
    private static final String DIGESTS = "SHA256SUMS";
    private static final String PROMPTS = "prompts.jsonl";

    private final Path cache;

    /** @param cache where the directories are made */
    public BuiltInModels(Path cache) {
        this.cache = cache;
    }

    /**
     * In {@code $XDG_CACHE_HOME/tether}, else {@code ~/.cache/tether}; where that cannot be written, in the system's
     * directory of temporary files.
     */
    public static BuiltInModels inUsersCache() {
        String configured = System.getenv("XDG_CACHE_HOME");
        Path home = configured == null || configured.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(configured);
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"), "tether-" + System.getProperty("user.name"));
        return new BuiltInModels(canHold(home.resolve("tether")) ? home.resolve("tether") : temporary);
    }

    private static boolean canHold(Path directory) {
        try {
            return Files.isWritable(Files.createDirectories(directory));
        } catch (IOException | SecurityException e) {
            return false;
        }
    }

    /**
     * The Hugging Face directory of a model.
     *
     * @throws InputException when there is no such model, or the cache cannot be written
     */
    public Path directory(String name) {
        Map<String, String> digests = digests(name);
        String digest = hex(String.join("\n", digests.values()).getBytes(StandardCharsets.UTF_8));
        Path directory = cache.resolve(name + "-" + digest.substring(0, 16));
        try {
            if (!holds(directory, digests)) {
                install(name, digests, directory);
            }
        } catch (IOException e) {
            throw new InputException(
                    "cannot unpack builtin:" + name + " into " + cache + ": " + AtomicFiles.reason(e), e);
        }
        return directory;
    }

    /** The prompts that belong to a model, as a .jsonl file; errors as in {@link #directory}. */
    public Path prompts(String name) {
        return directory(name).resolve(PROMPTS);
    }

    private void install(String name, Map<String, String> digests, Path directory) throws IOException {
        Files.createDirectories(cache);
        Path aside = Files.createTempDirectory(cache, "." + name + "-");
        try {
            for (Map.Entry<String, String> file : digests.entrySet()) {
                byte[] bytes = resource(name, file.getKey());
                if (!hex(bytes).equals(file.getValue())) {
                    throw new IOException(file.getKey() + " is not what " + DIGESTS + " says: this build is damaged");
                }
                AtomicFiles.writeFile(aside.resolve(file.getKey()), bytes);
            }
            replace(aside, directory, digests);
        } finally {
            AtomicFiles.delete(aside);
        }
    }

    private static void replace(Path aside, Path directory, Map<String, String> digests) throws IOException {
        if (Files.exists(directory) && !holds(directory, digests)) {
            AtomicFiles.delete(directory);
        }
        try {
            Files.move(aside, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!holds(directory, digests)) {
                throw e;
            }
            // another process was faster
        }
    }

    private static boolean holds(Path directory, Map<String, String> digests) throws IOException {
        for (Map.Entry<String, String> file : digests.entrySet()) {
            Path path = directory.resolve(file.getKey());
            if (!Files.isRegularFile(path) || !hex(Files.readAllBytes(path)).equals(file.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** File name to SHA-256, in the order of the list that sha256sum wrote. */
    private static Map<String, String> digests(String name) {
        if (!NAMES.contains(name)) {
            throw new InputException(
                    "there is no \"builtin:" + name + "\"; there is: builtin:" + String.join(", builtin:", NAMES));
        }
        try {
            Map<String, String> digests = new LinkedHashMap<>();
            for (String line : new String(resource(name, DIGESTS), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                String[] columns = line.split(" +\\*?", 2);
                digests.put(columns[1], columns[0]);
            }
            return digests;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] resource(String name, String file) throws IOException {
        try (InputStream in = BuiltInModels.class.getResourceAsStream(ROOT + name + "/" + file)) {
            if (in == null) {
                throw new IOException("this build lacks " + ROOT + name + "/" + file);
            }
            return in.readAllBytes();
        }
    }

    private static String hex(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
