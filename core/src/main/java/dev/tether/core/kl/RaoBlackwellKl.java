package dev.tether.core.kl;

/**
 * The Rao-Blackwellised estimator of the sequence KL (Amini, Vieira and Cotterell 2025): prefixes are sampled, but at
 * each position the KL of the two next-token distributions is exact. Its mean over sampled sequences is the sequence KL
 * (chain rule); it is never negative, and its variance is at most that of k1 on the same samples.
 */
public final class RaoBlackwellKl {
    private RaoBlackwellKl() {}

    /**
     * Nats of every counted position, [B][T], 0 where uncounted.
     *
     * @param logprobs [B][T][V] of the distribution that the prefixes were drawn from, given each prefix
     * @param refLogprobs [B][T][V] of the other
     * @param mask true = counts; uncounted positions are never read and may be null
     */
    public static double[][] natsPerToken(double[][][] logprobs, double[][][] refLogprobs, ResponseMask mask) {
        requireSequences("logprobs", logprobs.length, mask);
        requireSequences("ref_logprobs", refLogprobs.length, mask);
        double[][] nats = new double[mask.sequences()][];
        for (int b = 0; b < nats.length; b++) {
            nats[b] = new double[mask.width(b)];
            for (int t = 0; t < nats[b].length; t++) {
                if (mask.counts(b, t)) {
                    nats[b][t] = FullKl.nats(logprobs[b][t], refLogprobs[b][t]);
                }
            }
        }
        return nats;
    }

    /** The summary of such nats, per token and per sequence. */
    public static KlSummary summary(double[][] nats, ResponseMask mask) {
        return KlSummary.of(KlType.reference(VocabularyKl.RAO_BLACKWELL), nats, mask);
    }

    private static void requireSequences(String name, int sequences, ResponseMask mask) {
        if (sequences != mask.sequences()) {
            throw new IllegalArgumentException(
                    name + " has " + sequences + " sequences, the response mask has " + mask.sequences());
        }
    }
}
