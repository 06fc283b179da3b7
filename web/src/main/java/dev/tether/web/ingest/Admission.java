package dev.tether.web.ingest;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Room for the posts that are being read and answered: many small ones, few large ones. */
final class Admission {
    private static final int KIBI = 1 << 10;
    /** However small a post is, it holds a thread and buffers. */
    private static final int LEAST = KIBI;

    private final Semaphore room;
    private final int largest;
    private final long waitMillis;

    Admission(IngestLimits limits) {
        room = new Semaphore(limits.bytesAtOnce() / KIBI, true);
        largest = limits.bodyBytes() / KIBI;
        waitMillis = limits.waitMillis();
    }

    /** Room that is held until it is left. */
    interface Place {
        void leave();
    }

    /**
     * Waits for room.
     *
     * @param bytes of the post; −1 where they are not known, which needs as much as the largest
     * @throws RejectedExecutionException where there is none in time
     */
    Place enter(long bytes) {
        int need = bytes < 0 ? largest : (int) Math.min(largest, Math.max(LEAST, bytes / KIBI + 1));
        try {
            if (room.tryAcquire(need, waitMillis, TimeUnit.MILLISECONDS)) {
                return () -> room.release(need);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new RejectedExecutionException("too much is being told at once; tell it again in a second");
    }
}
