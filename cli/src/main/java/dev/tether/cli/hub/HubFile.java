package dev.tether.cli.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of a model as the hub lists it.
 *
 * @param name in the repository
 * @param size in bytes; −1 where it is not told
 * @param digest of its content, in hexadecimal digits, and its name in the cache: SHA-256 of a large file, else what git calls it
 */
record HubFile(String name, long size, String digest) {
    private static final int SHA256_DIGITS = 64;
    private static final int BUFFER = 1 << 20;

    /** Whether {@code text} is a digest of either kind: nothing else may become the name of a file. */
    static boolean isDigest(String text) {
        return text.matches("[0-9a-f]{40}|[0-9a-f]{64}");
    }

    /** The digest, of the kind that this file's is, of what {@code path} holds. */
    String digestOf(Path path) throws IOException {
        boolean large = digest.length() == SHA256_DIGITS;
        MessageDigest sum = algorithm(large ? "SHA-256" : "SHA-1");
        if (!large) {
            sum.update(("blob " + Files.size(path) + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(path)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sum.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(sum.digest());
    }

    private static MessageDigest algorithm(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + name, e);
        }
    }
}
