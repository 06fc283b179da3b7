package dev.tether.torch.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.bytedeco.pytorch.global.torch;

/**
 * Threads of which each computes on a share of the rows by one thread of torch. The BLAS inside torch is held to one
 * thread, so under gradients one caller uses one core however many threads torch has; a crew uses them all, and no
 * thread waits for another before its share is done.
 */
public final class Crew {
    private final int size;
    /** Null for a crew of one, which is the caller itself. */
    private final ExecutorService threads;

    /** @param torchThreads threads of torch in the calling thread, which this must not change */
    Crew(int size, int torchThreads) {
        this.size = size;
        this.threads = size == 1 ? null : started(size, torchThreads);
    }

    private static ExecutorService started(int size, int torchThreads) {
        ExecutorService threads = Executors.newFixedThreadPool(size, body -> {
            Thread thread = new Thread(body, "tether-crew");
            thread.setDaemon(true);
            return thread;
        });
        CountDownLatch all = new CountDownLatch(size);
        List<Future<?>> ready = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            ready.add(threads.submit(() -> {
                torch.set_num_threads(1);
                torch.get_num_threads(); // torch reads the number once in a thread, here and now
                all.countDown();
                all.await();
                return null;
            }));
        }
        ready.forEach(Crew::await);
        torch.set_num_threads(torchThreads);
        return threads;
    }

    /** Members. */
    public int size() {
        return size;
    }

    /**
     * Runs {@code work} for 0, 1, … {@code shares} − 1, one share a member, and waits for all.
     *
     * @param shares at most {@link #size}
     * @throws RuntimeException of the first share that failed, after all have ended
     */
    public void run(int shares, IntConsumer work) {
        if (shares > size) {
            throw new IllegalArgumentException("shares = " + shares + ", must be at most " + size);
        }
        if (threads == null || shares == 1) {
            for (int i = 0; i < shares; i++) {
                work.accept(i);
            }
            return;
        }
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < shares; i++) {
            int share = i;
            running.add(threads.submit(() -> work.accept(share)));
        }
        RuntimeException failure = null;
        for (Future<?> each : running) {
            try {
                await(each);
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static void await(Future<?> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    future.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true; // native work cannot be left half-done: its tensors are still in use
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof RuntimeException cause) {
                        throw cause;
                    }
                    if (e.getCause() instanceof Error cause) {
                        throw cause;
                    }
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
