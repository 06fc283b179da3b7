package dev.tether.trainer.model;

/**
 * KL of the full next-token distributions at each position of given responses: a sum over the vocabulary, no sampling of
 * the token itself. Nats, [B][T], 0 where uncounted; never negative beyond rounding.
 *
 * @param policyToReference KL(π(·|s_t) ‖ π_ref(·|s_t)); its sum over a sequence is the Rao-Blackwellised estimate of the
 *     sequence's KL (Amini, Vieira, Cotterell 2025)
 * @param referenceToPolicy KL(π_ref(·|s_t) ‖ π(·|s_t))
 */
public record ExactKl(double[][] policyToReference, double[][] referenceToPolicy) {}
