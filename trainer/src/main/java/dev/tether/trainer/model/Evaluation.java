package dev.tether.trainer.model;

/**
 * What a policy says of given responses.
 *
 * @param logprobs [B][T] nats, 0 where uncounted
 * @param entropy [B][T] nats, the exact entropy of the distribution at each position, 0 where uncounted
 * @param values [B][T] the value V(s_t) of the state before token t; defined at every counted position and at the first
 *     position after the last counted one (where T allows), 0 elsewhere; length 0 when the policy has no value function
 */
public record Evaluation(double[][] logprobs, double[][] entropy, double[][] values) {}
