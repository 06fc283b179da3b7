package dev.tether.web.follow;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The runs that are shown: directories of runs, and those within directories of runs, also such that appear later. What
 * is new in their journals is read a piece of each run in turn, so that of many long ones each shows something soon.
 */
public final class RunShelf implements AutoCloseable {
    private static final int ROWS_AT_ONCE = 300;
    /** Half of the processors: the others are for whoever looks. */
    private static final int READERS =
            Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 2));

    private static final long PAUSE_MILLIS = 200;
    private static final int PAUSES_BETWEEN_SEARCHES = 10;

    private final List<Path> places;
    private final Map<Path, RunFeed> feeds = new LinkedHashMap<>();
    private final ExecutorService readers = Executors.newFixedThreadPool(READERS, RunShelf::daemon);
    private final Thread clock;
    private volatile boolean closed;
    private long version;

    private RunShelf(List<Path> places) {
        this.places = List.copyOf(places);
        this.clock = daemon(this::follow);
    }

    /**
     * Begins to follow.
     *
     * @param places run directories, and directories of run directories
     * @throws InputException where a place is neither
     */
    public static RunShelf open(List<Path> places) {
        return open(places, Set.of());
    }

    /** As {@link #open(List)}; in those of the places that are {@code growing} the first run may yet have to begin. */
    public static RunShelf open(List<Path> places, Set<Path> growing) {
        RunShelf shelf = new RunShelf(places);
        for (Path place : places) {
            if (!Files.isDirectory(place)) {
                throw new InputException("no run at " + place + ": no such directory");
            }
            if (runsAt(place).isEmpty() && !growing.contains(place)) {
                throw new InputException("no run at " + place
                        + ": it has neither settings.yaml nor journal.jsonl, nor has a directory in it");
            }
        }
        shelf.search();
        shelf.clock.start();
        return shelf;
    }

    /** All runs, in the order in which they were found. */
    public List<RunFeed> feeds() {
        synchronized (feeds) {
            return List.copyOf(feeds.values());
        }
    }

    /** By its number; empty where there is none. */
    public Optional<RunFeed> feed(int id) {
        List<RunFeed> all = feeds();
        return id >= 0 && id < all.size() ? Optional.of(all.get(id)) : Optional.empty();
    }

    /** Waits until something is known that was not at {@code seen}, or the time is over; returns the version now. */
    public synchronized long await(long seen, long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (version == seen && !closed) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        return version;
    }

    /** Grows whenever something new is known. */
    public synchronized long version() {
        return version;
    }

    public boolean isClosed() {
        return closed;
    }

    private synchronized void tell() {
        version++;
        notifyAll();
    }

    private void follow() {
        try {
            for (long round = 0; !closed; round++) {
                boolean behind = pollAll();
                if (!behind) {
                    Thread.sleep(PAUSE_MILLIS);
                    if (round % PAUSES_BETWEEN_SEARCHES == 0 && search()) {
                        tell();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads a piece of every journal; true where one has more to read. */
    private boolean pollAll() throws InterruptedException {
        List<Future<?>> pieces = new ArrayList<>();
        for (RunFeed feed : feeds()) {
            pieces.add(readers.submit(() -> {
                if (feed.poll(ROWS_AT_ONCE)) {
                    tell();
                }
            }));
        }
        for (Future<?> piece : pieces) {
            try {
                piece.get();
            } catch (java.util.concurrent.ExecutionException e) {
                throw new IllegalStateException("a journal could not be followed", e.getCause());
            }
        }
        return feeds().stream().anyMatch(feed -> !feed.isCaughtUp());
    }

    /** Looks for runs that were not there before. */
    private boolean search() {
        boolean found = false;
        for (Path place : places) {
            for (Path root : runsAt(place)) {
                found |= add(root);
            }
        }
        return found;
    }

    private boolean add(Path root) {
        Path identity = root.toAbsolutePath().normalize();
        synchronized (feeds) {
            if (feeds.containsKey(identity)) {
                return false;
            }
            feeds.put(identity, new RunFeed(feeds.size(), name(identity), new RunDirectory(root)));
            return true;
        }
    }

    /** The last word of the path, and the one before it where another run is called so already. */
    private String name(Path identity) {
        String last = String.valueOf(identity.getFileName());
        boolean taken = feeds.keySet().stream()
                .anyMatch(other -> String.valueOf(other.getFileName()).equals(last));
        return taken && identity.getNameCount() > 1 ? identity.getName(identity.getNameCount() - 2) + "/" + last : last;
    }

    private static List<Path> runsAt(Path place) {
        if (new RunDirectory(place).isRun()) {
            return List.of(place);
        }
        try (Stream<Path> children = Files.list(place)) {
            return children.filter(Files::isDirectory)
                    .filter(child -> !child.toString().endsWith(AtomicFiles.ASIDE))
                    .filter(child -> new RunDirectory(child).isRun())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "tether-follow");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        closed = true;
        clock.interrupt();
        readers.shutdownNow();
        synchronized (this) {
            notifyAll();
        }
        feeds().forEach(RunFeed::close);
    }
}
