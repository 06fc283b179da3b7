package dev.tether.core.text;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalDouble;
import java.util.zip.Deflater;

/** How far texts can be compressed: repetition within a text and between texts makes it small. */
public final class Compression {
    private static final int BUFFER = 8192;

    private Compression() {}

    /**
     * Bytes after deflate (RFC 1951, best compression, without a header) over bytes before, of all texts joined by line
     * breaks, in UTF-8. Short batches compress less, so only batches of like size compare.
     *
     * @return empty where there is no text
     */
    public static OptionalDouble share(List<String> texts) {
        byte[] bytes = String.join("\n", texts).getBytes(StandardCharsets.UTF_8);
        boolean blank = texts.stream().allMatch(String::isEmpty);
        return blank ? OptionalDouble.empty() : OptionalDouble.of((double) deflated(bytes) / bytes.length);
    }

    private static long deflated(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            byte[] buffer = new byte[BUFFER];
            while (!deflater.finished()) {
                deflater.deflate(buffer);
            }
            return deflater.getBytesWritten();
        } finally {
            deflater.end();
        }
    }
}
