package dev.tether.torch;

/** Where the values of a policy come from. */
public enum ValueKind {
    /** The policy has no value function. */
    NONE,
    /** A linear head on the policy's own hidden states. */
    SHARED,
    /** A trunk of its own that starts as a copy of the policy's weights, with a linear head. */
    SEPARATE
}
