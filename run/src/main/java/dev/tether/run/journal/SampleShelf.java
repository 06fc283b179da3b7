package dev.tether.run.journal;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Takes single samples out of {@code samples.jsonl}, in any order, by the places that {@link SampleTail} found. */
public final class SampleShelf implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;

    private SampleShelf(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** A file that cannot be read is refused. */
    public static SampleShelf open(Path samples) {
        try {
            return new SampleShelf(samples, FileChannel.open(samples, StandardOpenOption.READ));
        } catch (IOException e) {
            throw new InputException("cannot read " + samples + ": " + AtomicFiles.reason(e), e);
        }
    }

    /**
     * The sample at a place.
     *
     * @throws InputException where there is none (any more)
     */
    public SampleRecord take(SampleTail.Place place) {
        byte[] row = row(place);
        try {
            return JsonRows.read(row, 0, row.length, SampleRecord.class);
        } catch (JacksonException e) {
            throw refused(place, e);
        }
    }

    /**
     * Whether prompt or response of the sample at a place contain a text, whatever the case.
     *
     * @param lowerCase the text, in lower case
     */
    public boolean contains(SampleTail.Place place, String lowerCase) {
        byte[] row = row(place);
        try (JsonParser tokens = JsonRows.tokens(row, 0, row.length)) {
            if (tokens.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            for (String name = tokens.nextName(); name != null; name = tokens.nextName()) {
                boolean isText = tokens.nextToken() == JsonToken.VALUE_STRING;
                boolean searched = isText && (name.equals("prompt") || name.equals("response"));
                if (searched && tokens.getString().toLowerCase(Locale.ROOT).contains(lowerCase)) {
                    return true;
                }
                if (name.equals("response")) {
                    return false;
                }
                tokens.skipChildren();
            }
            return false;
        } catch (JacksonException e) {
            throw refused(place, e);
        }
    }

    private byte[] row(SampleTail.Place place) {
        ByteBuffer row = ByteBuffer.allocate(place.length());
        try {
            while (row.hasRemaining()) {
                if (channel.read(row, place.offset() + row.position()) < 0) {
                    throw new InputException(path + " was cut while it was read");
                }
            }
        } catch (IOException e) {
            throw new InputException("cannot read " + path + ": " + AtomicFiles.reason(e), e);
        }
        return row.array();
    }

    private InputException refused(SampleTail.Place place, JacksonException e) {
        return new InputException(path + ", at byte " + place.offset() + ": " + JsonProblem.inWords(e), e);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new InputException("cannot read " + path + ": " + AtomicFiles.reason(e), e);
        }
    }
}
