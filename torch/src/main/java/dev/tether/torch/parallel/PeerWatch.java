package dev.tether.torch.parallel;

import dev.tether.trainer.parallel.PeerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds out who is to blame when the processes cannot go on. Each posts a sign of life every second, with where it stands;
 * whose sign stays the same is gone, or hangs.
 */
final class PeerWatch implements AutoCloseable {
    private static final long BEAT_MILLIS = 1000;
    /** A process that lives has posted twice in that time. */
    private static final long LISTEN_MILLIS = 2500;

    private static final long POLL_MILLIS = 100;

    private static final Duration STORE_PATIENCE = Duration.ofSeconds(8);
    private static final Executor ASIDE =
            task -> daemon("tether-peer-question", task).start();

    private final Board board;
    private final int rank;
    private final int count;
    private final Duration timeout;
    private final Thread beating;
    private volatile long position;
    private volatile boolean closed;
    private volatile String fault;

    PeerWatch(Board board, int rank, int count, Duration timeout) {
        this.board = board;
        this.rank = rank;
        this.count = count;
        this.timeout = timeout;
        this.beating = daemon("tether-peer-beat", this::beat);
        beating.start();
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** This process has come to the {@code number}-th thing that all do together. */
    void at(long number) {
        position = number;
    }

    private void beat() {
        try {
            for (long n = 0; !closed; n++) {
                board.post(key(rank), n + " " + position);
                board.fault().ifPresent(told -> fault = told);
                Thread.sleep(BEAT_MILLIS);
            }
        } catch (InterruptedException | RuntimeException e) {
            // the run is over, or the store is: what waits for the others will say so
        }
    }

    private static String key(int rank) {
        return "beat/" + rank;
    }

    /** What a failure of the exchange called {@code what} means; the first who knows tells the others. */
    PeerException explained(String what, RuntimeException failure) {
        if (fault != null) {
            return new PeerException(fault, failure);
        }
        try {
            String sentence = CompletableFuture.supplyAsync(() -> inquire(what, failure), ASIDE)
                    .get(STORE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return new PeerException(sentence, failure);
        } catch (TimeoutException | ExecutionException e) {
            return new PeerException(lost(0, isClosed(failure), what), failure);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new PeerException("interrupted at " + quoted(what), failure);
        }
    }

    private String inquire(String what, RuntimeException failure) {
        List<Optional<String>> before = beats();
        for (long waited = 0; waited < LISTEN_MILLIS; waited += POLL_MILLIS) {
            Optional<String> told = board.fault();
            if (told.isPresent()) {
                return told.get();
            }
            pause(POLL_MILLIS);
        }
        List<Optional<String>> after = beats();
        String sentence = guilty(before, after)
                .map(other -> lost(other, isClosed(failure), what))
                .or(() -> behind(after).map(other -> late(other, what)))
                .orElseGet(() -> "the processes lost each other at " + quoted(what) + ": "
                        + failure.getMessage().lines().findFirst().orElse(""));
        board.fault(sentence);
        return board.fault().orElse(sentence);
    }

    private List<Optional<String>> beats() {
        List<Optional<String>> beats = new ArrayList<>();
        for (int other = 0; other < count; other++) {
            beats.add(board.read(key(other)));
        }
        return beats;
    }

    private Optional<Integer> guilty(List<Optional<String>> before, List<Optional<String>> after) {
        for (int other = 0; other < count; other++) {
            if (other != rank && before.get(other).equals(after.get(other))) {
                return Optional.of(other);
            }
        }
        return Optional.empty();
    }

    private Optional<Integer> behind(List<Optional<String>> beats) {
        for (int other = 0; other < count; other++) {
            Optional<Long> its = beats.get(other).map(text -> Long.parseLong(text.substring(text.indexOf(' ') + 1)));
            if (other != rank && its.isPresent() && its.get() < position) {
                return Optional.of(other);
            }
        }
        return Optional.empty();
    }

    private String lost(int other, boolean wasClosed, String what) {
        return wasClosed
                ? "rank " + other + " is gone: its connection was closed at " + quoted(what)
                : "rank " + other + " does not answer: nothing was heard of it for " + timeout.toSeconds() + " s at "
                        + quoted(what);
    }

    private String late(int other, String what) {
        return "rank " + other + " did not come to " + quoted(what) + " within " + timeout.toSeconds()
                + " s, though it lives; --peer-timeout allows more";
    }

    private static boolean isClosed(RuntimeException failure) {
        String message = String.valueOf(failure.getMessage());
        return !message.contains("Timed out") && !message.contains("timed out");
    }

    private static String quoted(String what) {
        return '"' + what + '"';
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        beating.interrupt();
    }
}
