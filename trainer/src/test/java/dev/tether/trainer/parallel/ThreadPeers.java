package dev.tether.trainer.parallel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Peers that are threads of one process. */
record ThreadPeers(int rank, byte[][] board, CyclicBarrier barrier) implements Peers {
    /** What each of {@code count} gives, by rank; the first failure is thrown. */
    static <T> List<T> each(int count, Function<Peers, T> work) {
        byte[][] board = new byte[count][];
        CyclicBarrier barrier = new CyclicBarrier(count);
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int rank = 0; rank < count; rank++) {
                Peers peers = new ThreadPeers(rank, board, barrier);
                futures.add(threads.submit(() -> work.apply(peers)));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(10, TimeUnit.SECONDS));
            }
            return results;
        } catch (InterruptedException | TimeoutException | ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            threads.shutdownNow();
        }
    }

    @Override
    public int count() {
        return board.length;
    }

    @Override
    public List<byte[]> gather(String what, byte[] own) {
        try {
            board[rank] = own.clone();
            barrier.await(5, TimeUnit.SECONDS);
            List<byte[]> all = Arrays.stream(board).map(byte[]::clone).toList();
            barrier.await(5, TimeUnit.SECONDS);
            return all;
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new PeerException("lost at " + what, e);
        }
    }

    @Override
    public void close() {
        // threads end by themselves
    }
}
