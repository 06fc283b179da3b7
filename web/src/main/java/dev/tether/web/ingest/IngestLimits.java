package dev.tether.web.ingest;

/**
 * How much one post, and all of them together, may hold.
 *
 * @param bodyBytes of one post
 * @param lineBytes of one line: one sequence
 * @param sequences of one step
 * @param tokens of one step, counted or not
 * @param bytesAtOnce of all posts that are being read or answered; others wait, and after a while are sent away
 * @param waitMillis how long they wait
 */
public record IngestLimits(int bodyBytes, int lineBytes, int sequences, int tokens, int bytesAtOnce, long waitMillis) {
    private static final int MEBI = 1 << 20;

    /** Enough for 1,000 responses of 1,000 tokens; some 300 MB of memory at worst. */
    public static final IngestLimits USUAL = new IngestLimits(32 * MEBI, 4 * MEBI, 4096, MEBI, 64 * MEBI, 2000);

    public IngestLimits {
        if (lineBytes < 1 || bodyBytes < lineBytes || bytesAtOnce < bodyBytes || sequences < 1 || tokens < 1) {
            throw new IllegalArgumentException("limits must be at least 1, and those of the line at most those of the"
                    + " body, and those at most those of all at once");
        }
    }
}
