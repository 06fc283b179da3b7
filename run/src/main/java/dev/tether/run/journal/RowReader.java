package dev.tether.run.journal;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * Reads rows one after the other. A last line without its line end is a row that was being written when the process
 * died: it is left out and can be asked for. Any other row that cannot be read is refused with its line number.
 */
final class RowReader<T> implements AutoCloseable {
    private final Path path;
    private final Class<T> type;
    private final InputStream in;
    private long line;
    private long offset;
    private TornLine torn;

    RowReader(Path path, Class<T> type) {
        this.path = path;
        this.type = type;
        try {
            this.in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    /** The next row, or empty at the end. */
    Optional<T> next() {
        Optional<String> text = nextLine();
        return text.map(this::parse);
    }

    /** The next whole line, or empty at the end. */
    Optional<String> nextLine() {
        try {
            var bytes = new ByteArrayOutputStream(512);
            int b = in.read();
            while (b >= 0 && b != '\n') {
                bytes.write(b);
                b = in.read();
            }
            if (b < 0) {
                if (bytes.size() > 0) {
                    torn = new TornLine(line + 1, offset, bytes.size());
                }
                return Optional.empty();
            }
            line++;
            offset += bytes.size() + 1;
            return Optional.of(bytes.toString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    Optional<TornLine> tornLine() {
        return Optional.ofNullable(torn);
    }

    private T parse(String text) {
        try {
            return JsonRows.read(text, type);
        } catch (JacksonException e) {
            throw new InputException(path + ":" + line + ": " + JsonProblem.inWords(e), e);
        }
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
