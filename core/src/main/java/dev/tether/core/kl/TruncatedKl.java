package dev.tether.core.kl;

import dev.tether.core.law.Require;
import dev.tether.core.vocabulary.VocabularySums;
import java.util.Arrays;

/**
 * What KL(p ‖ q) at one position is at least and at most, where only the k most likely tokens of p are known, with what
 * both say of them. The rest is a tail of mass P under p and Q under q:
 *
 * <ul>
 *   <li>lower: Σ_known p log(p/q) + P log(P/Q), for lumping tokens together never increases a KL (log-sum inequality);
 *   <li>upper: Σ_known p log(p/q) + P (log m − floor), where no tail token can be likelier under p than m = min(P, the
 *       least known p), nor less likely under q than e^floor.
 * </ul>
 *
 * @param lower nats, ≥ 0
 * @param upper nats, ≥ lower; +∞ where p has a tail and q no floor
 * @param tailMass P, what p gives to the unknown tokens, 0..1
 * @param refTailMass Q, what q gives to them, 0..1
 */
public record TruncatedKl(double lower, double upper, double tailMass, double refTailMass) {
    /** A tail below this is what rounding leaves of 1 − Σ, not a mass. */
    private static final double LEAST_TAIL = 1e-12;

    /** Masses that add up to more than one by rounding are forgiven this much. */
    private static final double ROUNDING = 1e-5;

    /**
     * Bounds for one position.
     *
     * @param logprobs of p's k most likely tokens
     * @param refLogprobs of q, for the same tokens in the same order
     * @param refLogprobFloor what q's logprob of any token is at least; −∞ where nothing is known
     */
    public static TruncatedKl of(double[] logprobs, double[] refLogprobs, double refLogprobFloor) {
        Require.sameLength("ref_logprobs", refLogprobs.length, "logprobs", logprobs.length);
        Require.atLeast("top_k", logprobs.length, 1);
        Require.that(refLogprobFloor <= 0, "ref_logprob_floor", refLogprobFloor, "<= 0");
        double tail = tailMass("logprobs", logprobs);
        double refTail = tailMass("ref_logprobs", refLogprobs);
        double known = VocabularySums.best().kl(logprobs, refLogprobs);
        if (tail == 0) {
            double nats = Math.max(0, known);
            return new TruncatedKl(nats, nats, tail, refTail);
        }
        double lower = Math.max(0, known + tail * Math.log(tail / Math.max(refTail, LEAST_TAIL)));
        double least = Arrays.stream(logprobs).min().orElseThrow();
        double upper = known + tail * (Math.min(Math.log(tail), least) - refLogprobFloor);
        return new TruncatedKl(lower, Math.max(lower, upper), tail, refTail);
    }

    private static double tailMass(String name, double[] logprobs) {
        double known = 0;
        for (double logprob : logprobs) {
            Require.that(logprob <= ROUNDING, "a value of " + name, logprob, "<= 0");
            known += Math.exp(logprob);
        }
        Require.that(known <= 1 + ROUNDING, "the mass of " + name, known, "at most 1");
        return 1 - known < LEAST_TAIL ? 0 : 1 - known;
    }
}
