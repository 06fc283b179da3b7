package dev.tether.core.kl;

/**
 * What a KL figure is, apart from its unit.
 *
 * @param direction which distribution comes first
 * @param against the other distribution
 * @param estimator how tokens were turned into nats
 */
public record KlType(KlDirection direction, KlAgainst against, KlEstimator estimator) {
    /** KL(policy ‖ reference): what the belt penalises. */
    public static KlType reference(KlEstimator estimator) {
        return new KlType(KlDirection.POLICY_FIRST, KlAgainst.REFERENCE, estimator);
    }

    /** KL(old policy ‖ policy): the drift of one update, from the old policy's samples. */
    public static KlType update(KlEstimator estimator) {
        return new KlType(KlDirection.POLICY_SECOND, KlAgainst.OLD_POLICY, estimator);
    }

    /** KL(sampler ‖ policy): the sampling engine against the trainer on the same weights. */
    public static KlType sampler(KlEstimator estimator) {
        return new KlType(KlDirection.POLICY_SECOND, KlAgainst.SAMPLER, estimator);
    }

    /** For sentences: "KL(policy ‖ reference) by K1". */
    public String label() {
        String pair =
                direction == KlDirection.POLICY_FIRST ? "policy ‖ " + against.label() : against.label() + " ‖ policy";
        return "KL(" + pair + ") by " + estimator;
    }
}
