package dev.tether.trainer.parallel;

import java.util.List;

/**
 * The processes that train one policy together. Each runs the same loop on the same settings; what they divide is the work
 * on the rows of a batch. All call the same methods in the same order, each call waits for all.
 */
public interface Peers extends AutoCloseable {
    /** One process by itself. */
    Peers ALONE = new Alone();

    /** The number of this process, from 0. The first writes the run. */
    int rank();

    /** How many there are; ≥ 1. */
    int count();

    /**
     * Hands every process what each has.
     *
     * @param what it is, in a word or two; the same at all
     * @return in order of rank
     * @throws PeerException where another process is gone, does not answer, or is at something else
     */
    List<byte[]> gather(String what, byte[] own);

    @Override
    void close();

    /** True at the process that writes the run. */
    default boolean isFirst() {
        return rank() == 0;
    }

    /** True where nobody else is there to wait for. */
    default boolean isAlone() {
        return count() == 1;
    }
}
