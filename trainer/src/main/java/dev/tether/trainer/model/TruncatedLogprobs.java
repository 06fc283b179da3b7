package dev.tether.trainer.model;

/**
 * What two models say of chosen tokens within the tokens that top-k and top-p left to the policy: each distribution cut
 * to that set and normalised again. Nats, [B][T], 0 where uncounted. The chosen token counts as left, so that rounding at
 * the edge of the set cannot give it probability 0.
 *
 * @param policy log (π(y_t|s_t) / Z_t), Z_t the policy's mass of the set
 * @param reference log (π_ref(y_t|s_t) / Z_ref,t), the same set
 */
public record TruncatedLogprobs(double[][] policy, double[][] reference) {}
