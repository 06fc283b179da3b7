package dev.tether.onnx;

import ai.onnxruntime.OrtException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Runs native work on a thread with a stack of {@value #BYTES} bytes. ONNX Runtime counts on the 8 MiB that a native program has:
 * on the 1 MiB of a Java thread it can end the whole process without a word.
 */
final class DeepStack {
    private static final long BYTES = 16L << 20;

    private DeepStack() {}

    /** Native work. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws OrtException;
    }

    /** The result of {@code work}, or what it throws. */
    static <T> T run(Work<T> work) throws OrtException {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable task = () -> {
            try {
                result.complete(work.run());
            } catch (OrtException | RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        };
        Thread thread = new Thread(null, task, "tether-onnx", BYTES);
        thread.setDaemon(true);
        thread.start();
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof OrtException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
    }
}
