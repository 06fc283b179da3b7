package dev.tether.core.kl;

import dev.tether.core.law.Require;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the KL of a batch was spent: its nats booked by prompt, by position in the response and by token. Every account
 * adds up to the same total.
 *
 * @param totalNats Σ over all counted tokens
 * @param tokens counted tokens
 * @param byPrompt entries by prompt, greatest total first
 * @param byPosition entries by position among the counted tokens of a sequence (0 = first), in order of position
 * @param byToken entries by token id, greatest total first
 */
public record KlLedger(
        double totalNats, long tokens, List<Entry> byPrompt, List<Entry> byPosition, List<Entry> byToken) {
    /**
     * What was booked under one key.
     *
     * @param key prompt index, position or token id
     * @param nats Σ of its tokens; negative where k1 says so
     * @param tokens how many there were
     */
    public record Entry(long key, double nats, long tokens) {
        /** Mean per token. */
        public double natsPerToken() {
            return nats / tokens;
        }
    }

    /**
     * Books a batch.
     *
     * @param nats [B][T] per token, of one estimator; uncounted entries are not read
     * @param responses [B][T] token ids
     * @param prompts [B], which prompt each sequence answers
     */
    public static KlLedger of(double[][] nats, ResponseMask mask, int[][] responses, int[] prompts) {
        mask.requireShape("nats", nats);
        Require.sameLength("responses", responses.length, "nats", nats.length);
        Require.sameLength("prompts", prompts.length, "nats", nats.length);
        Map<Long, double[]> byPrompt = new LinkedHashMap<>();
        Map<Long, double[]> byPosition = new LinkedHashMap<>();
        Map<Long, double[]> byToken = new LinkedHashMap<>();
        double total = 0;
        for (int b = 0; b < nats.length; b++) {
            Require.sameLength("responses[" + b + "]", responses[b].length, "nats[" + b + "]", nats[b].length);
            long position = 0;
            for (int t = 0; t < nats[b].length; t++) {
                if (mask.counts(b, t)) {
                    total += nats[b][t];
                    book(byPrompt, prompts[b], nats[b][t]);
                    book(byPosition, position++, nats[b][t]);
                    book(byToken, responses[b][t], nats[b][t]);
                }
            }
        }
        Comparator<Entry> greatest =
                Comparator.comparingDouble(Entry::nats).reversed().thenComparing(Entry::key);
        return new KlLedger(
                total,
                mask.counted(),
                entries(byPrompt, greatest),
                entries(byPosition, Comparator.comparing(Entry::key)),
                entries(byToken, greatest));
    }

    private static void book(Map<Long, double[]> account, long key, double nats) {
        double[] entry = account.computeIfAbsent(key, k -> new double[2]);
        entry[0] += nats;
        entry[1]++;
    }

    private static List<Entry> entries(Map<Long, double[]> account, Comparator<Entry> order) {
        List<Entry> entries = new ArrayList<>();
        account.forEach((key, sums) -> entries.add(new Entry(key, sums[0], (long) sums[1])));
        entries.sort(order);
        return List.copyOf(entries);
    }

    /** The entry's share of the total; meaningful where the total is not near 0. */
    public double share(Entry entry) {
        return entry.nats() / totalNats;
    }
}
