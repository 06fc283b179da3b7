package dev.tether.run.ingest;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.RunEnd;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The runs that other trainers make, below one directory; many at once. Of runs that nothing was told of for long the
 * files are closed, and opened again when something is.
 */
public final class IngestDesk implements AutoCloseable {
    /** How a run may be called: it is the name of its directory. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final String LOCK = ".ingest.lock";
    private static final int OPEN_AT_ONCE = 64;

    private final Path directory;
    private final InstantSource clock;
    private final FileChannel lock;
    private final int openAtOnce;
    /** By name; the one that was asked for longest ago comes first. */
    private final Map<String, IngestedRun> open = new LinkedHashMap<>(16, 0.75f, true);

    private boolean closed;

    private IngestDesk(Path directory, InstantSource clock, FileChannel lock, int openAtOnce) {
        this.directory = directory;
        this.clock = clock;
        this.lock = lock;
        this.openAtOnce = openAtOnce;
    }

    /**
     * Opens the desk over a directory of runs, which is made where it is not there.
     *
     * @throws InputException where it cannot be written to, or another process has it
     */
    public static IngestDesk open(Path directory, InstantSource clock) {
        return open(directory, clock, OPEN_AT_ONCE);
    }

    static IngestDesk open(Path directory, InstantSource clock, int openAtOnce) {
        if (new RunDirectory(directory).isRun()) {
            throw new InputException(directory + " is a run, must be a directory of runs: new ones are made in it");
        }
        try {
            Files.createDirectories(directory);
            FileChannel lock =
                    FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isTaken(lock)) {
                lock.close();
                throw new InputException("another tether serve --ingest writes into " + directory);
            }
            return new IngestDesk(directory, clock, lock, openAtOnce);
        } catch (IOException e) {
            throw new InputException("cannot write into " + directory + ": " + AtomicFiles.reason(e), e);
        }
    }

    private static boolean isTaken(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /**
     * What came of opening a run.
     *
     * @param state where it stands
     * @param isNew true where there was none of that name
     */
    public record Opening(IngestState state, boolean isNew) {}

    /**
     * Opens a run, or the same one again.
     *
     * @param afterStep step to go back to, from a trainer that went back itself; empty: go on after the last
     * @throws IllegalArgumentException where the name cannot be one of a run
     * @throws IngestConflictException where a run of that name has another plan, or is none that is told
     */
    public Opening openRun(String name, IngestPlan plan, OptionalLong afterStep) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name = \"" + name
                    + "\", must be up to 64 letters, digits, dots, underscores and hyphens, a letter or digit first");
        }
        synchronized (open) {
            Path root = directory.resolve(name);
            boolean isNew = !Files.exists(root);
            if (isNew) {
                IngestedRun.create(root, plan);
            } else if (!Files.exists(new RunDirectory(root).ingest())) {
                throw new IngestConflictException("name = \"" + name + "\" is taken, by no run of another trainer");
            }
            IngestedRun run = opened(name, OptionalLong.empty());
            if (!run.plan().isLike(plan)) {
                throw new IngestConflictException(
                        "name = \"" + name + "\" is taken, by a run with other steps or settings");
            }
            if (afterStep.isPresent()) {
                run.close();
                run = opened(name, afterStep);
            }
            return new Opening(run.state(), isNew);
        }
    }

    /**
     * Where a run stands.
     *
     * @throws NoSuchIngestException where there is none
     */
    public IngestState state(String name) {
        return run(name).state();
    }

    /** Takes a step in; see {@link IngestedRun#take}. */
    public IngestAnswer take(String name, IngestedStep step) {
        return told(name, run -> run.take(step));
    }

    /** Ends a run; see {@link IngestedRun#end}. */
    public IngestState end(String name, RunEnd.Outcome outcome) {
        return told(name, run -> run.end(outcome));
    }

    /** Asks the run, and the one opened anew where it was closed meanwhile. */
    private <T> T told(String name, Function<IngestedRun, Optional<T>> question) {
        while (true) {
            Optional<T> answer = question.apply(run(name));
            if (answer.isPresent()) {
                return answer.get();
            }
        }
    }

    private IngestedRun run(String name) {
        synchronized (open) {
            if (!NAME.matcher(name).matches() || !Files.exists(new RunDirectory(directory.resolve(name)).ingest())) {
                throw new NoSuchIngestException(name);
            }
            return opened(name, OptionalLong.empty());
        }
    }

    private IngestedRun opened(String name, OptionalLong afterStep) {
        if (closed) {
            throw new RejectedExecutionException("tether serve is ending; tell it again when it is back");
        }
        IngestedRun known = open.get(name);
        if (known != null && !known.isClosed()) {
            return known;
        }
        if (open.size() >= openAtOnce) {
            open.remove(open.keySet().iterator().next()).close();
        }
        IngestedRun run = IngestedRun.open(new RunDirectory(directory.resolve(name)), afterStep, clock);
        open.put(name, run);
        return run;
    }

    /** Returns when every step that is being taken in is. */
    @Override
    public void close() {
        synchronized (open) {
            closed = true;
            open.values().forEach(IngestedRun::close);
            open.clear();
            try {
                lock.close();
            } catch (IOException e) {
                throw new InputException("cannot close " + directory.resolve(LOCK) + ": " + AtomicFiles.reason(e), e);
            }
        }
    }
}
