package dev.tether.web.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** The lines of a post, one after the other, within the limits; blank ones are passed over. */
final class PostLines {
    private static final int BLOCK = 1 << 16;

    private final InputStream body;
    private final IngestLimits limits;
    private final MessageDigest digest = sha256();
    private byte[] block = new byte[BLOCK];
    private int next;
    private int filled;
    private long total;
    private int line;

    PostLines(InputStream body, IngestLimits limits) {
        this.body = body;
        this.limits = limits;
    }

    /**
     * The next line without its end; empty behind the last.
     *
     * @throws RefusedPostException where line or body are too long
     * @throws IOException where the body cannot be read on
     */
    Optional<byte[]> next() throws IOException {
        Optional<byte[]> found = any();
        while (found.isPresent() && isBlank(found.get())) {
            found = any();
        }
        found.ifPresent(bytes -> {
            digest.update(bytes);
            digest.update((byte) '\n');
        });
        return found;
    }

    /** Its number, from 1. */
    int number() {
        return line;
    }

    /** Bytes of the body so far. */
    long total() {
        return total;
    }

    /** SHA-256 of the lines so far, blank ones left out. */
    String digest() {
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    private Optional<byte[]> any() throws IOException {
        int scanned = next;
        while (true) {
            for (int i = scanned; i < filled; i++) {
                if (block[i] == '\n') {
                    return Optional.of(cut(i, i + 1));
                }
            }
            int unfinished = filled - next;
            requireLine(unfinished);
            if (!fill()) {
                return unfinished == 0 ? Optional.empty() : Optional.of(cut(filled, filled));
            }
            scanned = next + unfinished;
        }
    }

    private byte[] cut(int end, int following) {
        requireLine(end - next);
        byte[] found = Arrays.copyOfRange(block, next, end);
        next = following;
        line++;
        return found;
    }

    private void requireLine(int length) {
        if (length > limits.lineBytes()) {
            throw new RefusedPostException(
                    RefusedPostException.TOO_LARGE,
                    line + 1,
                    "longer than " + limits.lineBytes() + " bytes, the limit of a line");
        }
    }

    private boolean fill() throws IOException {
        System.arraycopy(block, next, block, 0, filled - next);
        filled -= next;
        next = 0;
        if (filled == block.length) {
            block = Arrays.copyOf(block, 2 * block.length);
        }
        int read = body.read(block, filled, block.length - filled);
        filled += Math.max(0, read);
        total += Math.max(0, read);
        if (total > limits.bodyBytes()) {
            throw new RefusedPostException(
                    RefusedPostException.TOO_LARGE,
                    0,
                    "the body is longer than " + limits.bodyBytes() + " bytes, its limit");
        }
        return read > 0;
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
