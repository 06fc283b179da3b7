package dev.tether.trainer.parallel;

import dev.tether.trainer.model.TokenBatch;
import java.util.List;
import java.util.function.Function;

/** Lets every process read some rows of a batch, and puts together what they read. */
final class DealtReading {
    private DealtReading() {}

    /**
     * What is read of a whole batch.
     *
     * @param read what a process reads of its rows: some arrays [rows][T], or with no row at all where a model has none
     * @return as many arrays [B][T]; 0 in rows without a counted token
     */
    static double[][][] of(Peers peers, String what, TokenBatch batch, Function<TokenBatch, double[][][]> read) {
        List<byte[]> parts = Together.gather(peers, what, () -> part(peers, batch, read));
        double[][][] whole = null;
        for (int rank = 0; rank < parts.size(); rank++) {
            int[] rows = Shares.dealt(batch, rank, peers.count());
            if (rows.length == 0) {
                continue;
            }
            PartReader reader = new PartReader(parts.get(rank));
            int arrays = reader.number();
            whole = whole == null ? new double[arrays][][] : whole;
            for (int i = 0; i < arrays; i++) {
                whole[i] = place(reader.rows(), rows, batch, whole[i]);
            }
        }
        return whole;
    }

    private static byte[] part(Peers peers, TokenBatch batch, Function<TokenBatch, double[][][]> read) {
        int[] rows = Shares.dealt(batch, peers.rank(), peers.count());
        if (rows.length == 0) {
            return new byte[0];
        }
        double[][][] arrays = read.apply(batch.rows(rows));
        PartWriter writer = new PartWriter().add(arrays.length);
        for (double[][] array : arrays) {
            writer.add(array);
        }
        return writer.bytes();
    }

    private static double[][] place(double[][] part, int[] rows, TokenBatch batch, double[][] whole) {
        double[][] into = whole;
        if (into == null) {
            into = part.length == 0 ? part : new double[batch.sequences()][batch.responseWidth()];
        }
        for (int i = 0; i < part.length; i++) {
            into[rows[i]] = part[i];
        }
        return into;
    }
}
