package dev.tether.core.kl;

/** Which distribution a KL is an expectation under; KL(p ‖ q) is one under p. */
public enum KlDirection {
    /** KL(policy ‖ other): the "reverse KL" of the RLHF belt, estimated from the policy's own samples. */
    POLICY_FIRST,
    /** KL(other ‖ policy): the "forward KL", estimated from samples of the other. */
    POLICY_SECOND
}
