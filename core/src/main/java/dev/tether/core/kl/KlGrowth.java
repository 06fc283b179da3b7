package dev.tether.core.kl;

/**
 * Why the KL per sequence changed: because each token moved, or because there are more of them. KL per sequence is KL per
 * token times mean length, and each part is its factor's change at the other's average, so that the two add up exactly.
 *
 * @param nats change of KL per sequence
 * @param fromTokens part of it from KL per token
 * @param fromLength part of it from the length of responses
 */
public record KlGrowth(double nats, double fromTokens, double fromLength) {
    /**
     * From one reading to a later one.
     *
     * @throws IllegalArgumentException when the two are not of one type
     */
    public static KlGrowth between(KlSummary before, KlSummary after) {
        double nats = after.figure(KlUnit.NATS_PER_SEQUENCE).minus(before.figure(KlUnit.NATS_PER_SEQUENCE));
        double lengthBefore = (double) before.tokens() / before.sequences();
        double lengthAfter = (double) after.tokens() / after.sequences();
        double perToken = after.natsPerToken() - before.natsPerToken();
        double perTokenMean = (after.natsPerToken() + before.natsPerToken()) / 2;
        return new KlGrowth(
                nats, perToken * (lengthBefore + lengthAfter) / 2, (lengthAfter - lengthBefore) * perTokenMean);
    }
}
