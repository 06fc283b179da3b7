package dev.tether.cli.train;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What tells one model from another: SHA-256 over the names and bytes of its configuration, weights and tokenizer. */
final class ModelFingerprint {
    private static final int BUFFER = 1 << 20;

    private ModelFingerprint() {}

    /** Of a model, or of a model and its adapter. */
    static String of(Path... directories) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path directory : directories) {
                for (Path file : files(directory)) {
                    digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
                    digest.update((byte) 0);
                    update(digest, file);
                }
            }
            return "sha256:" + HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new InputException("cannot read the model in " + directories[0] + ": " + AtomicFiles.reason(e), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(ModelFingerprint::isPartOfTheModel).sorted().toList();
        }
    }

    private static boolean isPartOfTheModel(Path file) {
        String name = file.getFileName().toString();
        return name.equals("config.json")
                || name.equals("adapter_config.json")
                || name.equals("tokenizer.json")
                || name.endsWith(".safetensors");
    }

    private static void update(MessageDigest digest, Path file) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
    }
}
