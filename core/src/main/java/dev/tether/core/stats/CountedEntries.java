package dev.tether.core.stats;

/** Which entries of a [B][T] array a statistic may read: <b>true = counts</b>. Rows may differ in length. */
public interface CountedEntries {
    /** B. */
    int sequences();

    /** The width of row b. */
    int width(int sequence);

    /** True when entry t of row b counts. */
    boolean counts(int sequence, int token);

    /** Counted entries of all rows, at least one. */
    long counted();

    /** Refuses an array whose rows do not have these widths. */
    void requireShape(String name, double[][] values);
}
