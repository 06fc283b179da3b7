package dev.tether.torch.parallel;

import dev.tether.torch.engine.Scoped;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.StringVector;

/** Short texts by key, seen by all processes: what c10d calls a store. Thread-safe. */
final class Board implements AutoCloseable {
    /** Why the run cannot go on, by whoever found out first. */
    private static final String FAULT = "fault";

    private static final long CLOSE_MILLIS = 2000;

    private final Store store;
    private final Runnable release;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    /** @param release frees the store */
    Board(Store store, Runnable release) {
        this.store = store;
        this.release = release;
    }

    void post(String key, String text) {
        locked(() -> {
            store.set(key, text);
            return key;
        });
    }

    Optional<String> read(String key) {
        return locked(() -> Scoped.compute(() -> {
            StringVector keys = new StringVector(new BytePointer(key));
            return store.check(keys) ? Optional.of(store.get_to_str(key)) : Optional.empty();
        }));
    }

    /** True for the first who claims {@code key}. */
    boolean claim(String key) {
        return locked(() -> store.add(key, 1) == 1);
    }

    /** Tells all why the run cannot go on, unless that was told already. */
    void fault(String sentence) {
        if (claim(FAULT + "/claim")) {
            post(FAULT, sentence);
        }
    }

    Optional<String> fault() {
        return read(FAULT);
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the store is closed");
            }
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** Frees the store, unless a question to a process that hangs is still under way. */
    @Override
    public void close() {
        try {
            if (!lock.tryLock(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            if (!closed) {
                closed = true;
                release.run();
            }
        } finally {
            lock.unlock();
        }
    }
}
