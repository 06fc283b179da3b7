package dev.tether.torch.probe;

/**
 * How much exists at once, so that the memory of a measurement does not grow with the batch.
 *
 * @param tokens of whole sequences in one pass through a trunk; one sequence may be longer. Enough for matrix products
 *     to run at full speed
 * @param logits per model that are only read: 2 MiB in single precision
 * @param trackedLogits that gradients go back through, with about five arrays of that size around them: 16 MiB in single
 *     precision
 * @param doubles in each array that is computed from logits in double precision: 256 KiB, so that they stay in the cache of a core
 */
record PieceSizes(int tokens, int logits, int trackedLogits, int doubles) {
    static final PieceSizes DEFAULT = new PieceSizes(512, 1 << 19, 1 << 22, 1 << 15);

    /** Rows of {@code vocabularySize} entries each in an array of {@code entries}, at least one. */
    static int rows(int entries, int vocabularySize) {
        return Math.max(1, entries / vocabularySize);
    }
}
