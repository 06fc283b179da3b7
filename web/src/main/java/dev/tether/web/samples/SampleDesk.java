package dev.tether.web.samples;

import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.SampleShelf;
import dev.tether.run.journal.SampleTail;
import dev.tether.run.journal.SampleTail.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The samples of one run: remembers where each stands and how it fared, and takes them from the file when asked. An
 * answer takes about a second at most; what could not be read or searched in that time is said in it.
 */
public final class SampleDesk implements AutoCloseable {
    private static final long READING_NANOS = 700_000_000;
    private static final long SEARCHING_NANOS = 1_000_000_000;
    private static final int ROWS_BETWEEN_LOOKS_AT_THE_CLOCK = 64;

    private final Path file;
    private final Places places = new Places();
    private Optional<SampleTail> tail = Optional.empty();

    public SampleDesk(RunDirectory directory) {
        this.file = directory.samples();
    }

    /**
     * Answers a question.
     *
     * @throws InputException where the file has a row that is not a sample
     */
    public synchronized SampleAnswer answer(SampleQuestion question) {
        if (!Files.exists(file)) {
            return new SampleAnswer(List.of(), 0, 1, 0, false);
        }
        double share = readOn();
        int[] order = places.sorted(question.order());
        try (SampleShelf shelf = SampleShelf.open(file)) {
            return pick(question, order, shelf, share);
        }
    }

    private double readOn() {
        if (tail.map(SampleTail::isOutdated).orElse(false)) {
            close();
        }
        if (tail.isEmpty()) {
            places.clear();
            tail = Optional.of(SampleTail.open(file));
        }
        long end = System.nanoTime() + READING_NANOS;
        Optional<Place> next = tail.get().next();
        for (int row = 1; next.isPresent(); row++) {
            places.add(next.get());
            if (row % ROWS_BETWEEN_LOOKS_AT_THE_CLOCK == 0 && System.nanoTime() > end) {
                return share(tail.get().offset());
            }
            next = tail.get().next();
        }
        return 1;
    }

    private double share(long read) {
        try {
            return Math.min(1, read / (double) Math.max(1, Files.size(file)));
        } catch (IOException e) {
            return 1;
        }
    }

    private SampleAnswer pick(SampleQuestion question, int[] order, SampleShelf shelf, double share) {
        String text = question.text().toLowerCase(Locale.ROOT);
        long end = System.nanoTime() + SEARCHING_NANOS;
        List<SampleRecord> found = new ArrayList<>();
        int passed = 0;
        int looked = 0;
        for (int row : order) {
            Place place = places.at(row);
            if (place.step() < question.fromStep() || place.step() > question.toStep()) {
                continue;
            }
            boolean isFull = found.size() == question.limit();
            if (isFull && text.isEmpty()) {
                return new SampleAnswer(found, places.size(), share, looked, true);
            }
            looked++;
            if (!text.isEmpty() && !shelf.contains(place, text)) {
                if (looked % ROWS_BETWEEN_LOOKS_AT_THE_CLOCK == 0 && System.nanoTime() > end) {
                    return new SampleAnswer(found, places.size(), share, looked, true);
                }
                continue;
            }
            if (isFull) {
                return new SampleAnswer(found, places.size(), share, looked, true);
            }
            if (passed++ >= question.offset()) {
                found.add(shelf.take(place));
            }
        }
        return new SampleAnswer(found, places.size(), share, looked, share < 1);
    }

    @Override
    public synchronized void close() {
        tail.ifPresent(SampleTail::close);
        tail = Optional.empty();
    }

    /** Places of samples, 32 bytes each: a long run has hundreds of thousands. */
    private static final class Places {
        private static final int FIRST_CAPACITY = 1024;

        private long[] steps = new long[FIRST_CAPACITY];
        private long[] offsets = new long[FIRST_CAPACITY];
        private int[] lengths = new int[FIRST_CAPACITY];
        private int[] indices = new int[FIRST_CAPACITY];
        private float[] scores = new float[FIRST_CAPACITY];
        private float[] nats = new float[FIRST_CAPACITY];
        private int size;
        private SampleOrder sortedBy;
        private int[] sorted = {};

        void clear() {
            size = 0;
            sorted = new int[0];
        }

        int size() {
            return size;
        }

        void add(Place place) {
            if (size == steps.length) {
                int capacity = 2 * size;
                steps = Arrays.copyOf(steps, capacity);
                offsets = Arrays.copyOf(offsets, capacity);
                lengths = Arrays.copyOf(lengths, capacity);
                indices = Arrays.copyOf(indices, capacity);
                scores = Arrays.copyOf(scores, capacity);
                nats = Arrays.copyOf(nats, capacity);
            }
            steps[size] = place.step();
            offsets[size] = place.offset();
            lengths[size] = place.length();
            indices[size] = place.index();
            scores[size] = (float) place.score();
            nats[size] = (float) place.klNats();
            size++;
        }

        Place at(int row) {
            return new Place(steps[row], indices[row], scores[row], nats[row], offsets[row], lengths[row]);
        }

        /** Rows in that order; of equal ones the newer first. */
        int[] sorted(SampleOrder order) {
            if (order != sortedBy || sorted.length != size) {
                sorted = sort(order);
                sortedBy = order;
            }
            return sorted;
        }

        private int[] sort(SampleOrder order) {
            long[] keys = new long[size];
            for (int row = 0; row < size; row++) {
                keys[row] = ((long) rank(order, row) << Integer.SIZE) | (Integer.MAX_VALUE - row);
            }
            Arrays.sort(keys);
            int[] rows = new int[size];
            for (int i = 0; i < size; i++) {
                rows[i] = Integer.MAX_VALUE - (int) keys[i];
            }
            return rows;
        }

        private int rank(SampleOrder order, int row) {
            return switch (order) {
                case NEWEST -> 0;
                case OLDEST -> row;
                case HIGHEST_SCORE -> ascending(-scores[row]);
                case LOWEST_SCORE -> ascending(scores[row]);
                case HIGHEST_KL -> ascending(-nats[row]);
                case LOWEST_KL -> ascending(nats[row]);
            };
        }

        /** An integer that sorts as the number does. */
        private static int ascending(float value) {
            int bits = Float.floatToIntBits(value + 0f);
            return bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
        }
    }
}
