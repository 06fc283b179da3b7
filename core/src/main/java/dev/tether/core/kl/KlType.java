package dev.tether.core.kl;

/**
 * What a KL figure is, apart from its unit.
 *
 * @param direction which distribution comes first
 * @param against the other distribution
 * @param measure how tokens were turned into nats: a {@link KlEstimator} or a {@link VocabularyKl}
 */
public record KlType(KlDirection direction, KlAgainst against, KlMeasure measure) {
    /** KL(policy ‖ reference): what the belt penalises. */
    public static KlType reference(KlMeasure measure) {
        return new KlType(KlDirection.POLICY_FIRST, KlAgainst.REFERENCE, measure);
    }

    /** KL(old policy ‖ policy): the drift of one update, from the old policy's samples. */
    public static KlType update(KlMeasure measure) {
        return new KlType(KlDirection.POLICY_SECOND, KlAgainst.OLD_POLICY, measure);
    }

    /** KL(sampler ‖ policy): the sampling engine against the trainer on the same weights. */
    public static KlType sampler(KlMeasure measure) {
        return new KlType(KlDirection.POLICY_SECOND, KlAgainst.SAMPLER, measure);
    }

    /**
     * The measure as an estimator of single logprobs.
     *
     * @throws IllegalArgumentException when it is a {@link VocabularyKl}
     */
    public KlEstimator estimator() {
        if (measure instanceof KlEstimator estimator) {
            return estimator;
        }
        throw new IllegalArgumentException(
                label() + " needs the whole vocabulary: the logprobs of the chosen tokens are not enough");
    }

    /** For sentences: "KL(policy ‖ reference) by K1". */
    public String label() {
        String pair =
                direction == KlDirection.POLICY_FIRST ? "policy ‖ " + against.label() : against.label() + " ‖ policy";
        return "KL(" + pair + ") by " + measure.name();
    }
}
