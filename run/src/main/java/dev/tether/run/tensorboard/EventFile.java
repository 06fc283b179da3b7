package dev.tether.run.tensorboard;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.journal.StepRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;

/**
 * A run's scalars for TensorBoard, {@code DIR/events.out.tfevents.0000000000.tether}. It is made anew from the journal
 * whenever a run begins or goes on, and then grows with each step: there is one file, and no step twice in it.
 */
public final class EventFile implements AutoCloseable {
    /** TensorBoard looks for {@code tfevents} in the name, and orders files by the number. */
    public static final String NAME = "events.out.tfevents.0000000000.tether";

    private final Path file;
    private final FileChannel channel;

    private EventFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Begins {@code directory/}{@link #NAME} with the steps there are, in place of what was there.
     *
     * @throws InputException when it cannot be written
     */
    public static EventFile create(Path directory, List<StepRecord> steps) {
        Path file = directory.resolve(NAME);
        EventFile events = null;
        try {
            Files.createDirectories(directory);
            events = new EventFile(
                    file,
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE));
            events.write(EventBytes.version(steps.isEmpty() ? seconds(Instant.EPOCH) : wallTime(steps.get(0))));
            for (StepRecord step : steps) {
                events.append(step);
            }
            return events;
        } catch (IOException e) {
            throw refused(file, e);
        } catch (RuntimeException e) {
            if (events != null) {
                events.close();
            }
            throw e;
        }
    }

    /** Adds one step. */
    public void append(StepRecord step) {
        try {
            write(EventBytes.scalars(wallTime(step), step.step(), ScalarTags.of(step)));
        } catch (IOException e) {
            throw refused(file, e);
        }
    }

    private void write(byte[] record) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(record);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static double wallTime(StepRecord step) {
        return step.timing().map(timing -> seconds(timing.time())).orElse(0.0);
    }

    private static double seconds(Instant instant) {
        return instant.getEpochSecond() + instant.getNano() / 1e9;
    }

    private static InputException refused(Path file, IOException e) {
        return new InputException("cannot write " + file + ": " + AtomicFiles.reason(e), e);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw refused(file, e);
        }
    }
}
