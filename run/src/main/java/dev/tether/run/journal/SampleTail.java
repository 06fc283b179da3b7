package dev.tether.run.journal;

import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Follows {@code samples.jsonl} while it is being written, and says where each sample stands and how it fared. */
public final class SampleTail implements AutoCloseable {
    private final RowReader<SampleRecord> rows;

    /**
     * Where a sample stands.
     *
     * @param step in which it was sampled
     * @param index within the batch
     * @param score of the reward
     * @param klNats sum over its tokens of k1, nats per sequence
     * @param offset of its row, bytes from the beginning of the file
     * @param length of its row, bytes
     */
    public record Place(long step, int index, double score, double klNats, long offset, int length) {}

    private SampleTail(Path samples) {
        rows = new RowReader<>(samples, SampleRecord.class);
    }

    /** Follows samples from their beginning; a file that cannot be read is refused. */
    public static SampleTail open(Path samples) {
        return new SampleTail(samples);
    }

    /**
     * The next sample, or empty where there is no further whole row yet.
     *
     * @throws dev.tether.run.InputException naming the line, where a whole line is not a sample
     */
    public Optional<Place> next() {
        long offset = rows.offset();
        if (!rows.advance()) {
            return Optional.empty();
        }
        try (JsonParser tokens = rows.tokens()) {
            return Optional.of(place(tokens, offset));
        } catch (JacksonException e) {
            throw rows.refused(e);
        }
    }

    private Place place(JsonParser tokens, long offset) {
        double step = Double.NaN;
        double index = Double.NaN;
        double score = Double.NaN;
        double klNats = Double.NaN;
        if (tokens.nextToken() == JsonToken.START_OBJECT) {
            for (String name = tokens.nextName(); name != null; name = tokens.nextName()) {
                if (!tokens.nextToken().isNumeric()) {
                    tokens.skipChildren();
                    continue;
                }
                switch (name) {
                    case "step" -> step = tokens.getDoubleValue();
                    case "index" -> index = tokens.getDoubleValue();
                    case "score" -> score = tokens.getDoubleValue();
                    case "kl_nats" -> klNats = tokens.getDoubleValue();
                    default -> {}
                }
            }
        }
        if (Double.isNaN(step + index + score + klNats)) {
            // one of the four is missing: the whole row says which, in words
            SampleRecord sample = rows.parse(SampleRecord.class);
            return new Place(sample.step(), sample.index(), sample.score(), sample.klNats(), offset, rows.length());
        }
        return new Place((long) step, (int) index, score, klNats, offset, rows.length());
    }

    /** Bytes of whole rows read so far. */
    public long offset() {
        return rows.offset();
    }

    /** See {@link JournalTail#isOutdated}. */
    public boolean isOutdated() {
        return rows.isOutdated();
    }

    @Override
    public void close() {
        rows.close();
    }
}
