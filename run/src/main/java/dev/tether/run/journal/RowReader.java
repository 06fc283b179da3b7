package dev.tether.run.journal;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/**
 * Reads rows one after the other, and reads on where the file has grown. A last line without its line end is a row that is
 * being written, or was when the process died: it is left out and can be asked for. Any other row that cannot be read is
 * refused with its line number.
 */
final class RowReader<T> implements AutoCloseable {
    private static final int BLOCK = 1 << 16;

    private final Path path;
    private final Class<T> type;
    private final InputStream in;
    private final Object file;
    private byte[] block = new byte[BLOCK];
    private int lineStart;
    private int lineEnd;
    private int next;
    private int filled;
    private long line;
    private long offset;

    RowReader(Path path, Class<T> type) {
        this.path = path;
        this.type = type;
        try {
            this.in = Files.newInputStream(path);
            this.file = identity();
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    /** The next row, or empty at the end. */
    Optional<T> next() {
        return advance() ? Optional.of(parse(type)) : Optional.empty();
    }

    /** Goes to the next whole line; false at the end. */
    boolean advance() {
        int scanned = next;
        while (true) {
            int end = lineBreak(scanned);
            if (end >= 0) {
                lineStart = next;
                lineEnd = end;
                next = end + 1;
                line++;
                offset += next - lineStart;
                return true;
            }
            int unfinished = filled - next;
            if (!fill()) {
                return false;
            }
            scanned = next + unfinished;
        }
    }

    private int lineBreak(int from) {
        for (int i = from; i < filled; i++) {
            if (block[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Takes in more of the file behind what is not read yet; false at its end. */
    private boolean fill() {
        if (next > 0) {
            System.arraycopy(block, next, block, 0, filled - next);
            filled -= next;
            next = 0;
        }
        if (filled == block.length) {
            block = Arrays.copyOf(block, 2 * block.length);
        }
        try {
            int read = in.read(block, filled, block.length - filled);
            filled += Math.max(0, read);
            return read > 0;
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    Optional<TornLine> tornLine() {
        return filled > next ? Optional.of(new TornLine(line + 1, offset, filled - next)) : Optional.empty();
    }

    /** Bytes of the whole lines read so far. */
    long offset() {
        return offset;
    }

    /** Whether the path now names another file, or the file is shorter than what was read of it. */
    boolean isOutdated() {
        try {
            return Files.size(path) < offset || !Objects.equals(identity(), file);
        } catch (IOException e) {
            return true;
        }
    }

    private Object identity() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** Bytes of the line that {@link #advance} went to, without its line break. */
    int length() {
        return lineEnd - lineStart;
    }

    /** The line that {@link #advance} went to, as a row. */
    <R> R parse(Class<R> type) {
        try {
            return JsonRows.read(block, lineStart, lineEnd - lineStart, type);
        } catch (JacksonException e) {
            throw refused(e);
        }
    }

    /** The line that {@link #advance} went to, token by token. */
    JsonParser tokens() {
        return JsonRows.tokens(block, lineStart, lineEnd - lineStart);
    }

    /** What is wrong with the line that {@link #advance} went to, and where it stands. */
    InputException refused(JacksonException e) {
        return new InputException(path + ":" + line + ": " + JsonProblem.inWords(e), e);
    }

    private InputException cannotRead(IOException e) {
        return new InputException("cannot read " + path + ": " + AtomicFiles.reason(e), e);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }
}
