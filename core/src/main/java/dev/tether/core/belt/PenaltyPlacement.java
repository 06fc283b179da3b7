package dev.tether.core.belt;

/**
 * Where the KL penalty acts. x = log π(a|s) − log π_ref(a|s) of a sampled token; "force" is the expected gradient on fresh
 * samples. docs/belt.md has the table; the identities behind it are proven by enumeration.
 */
public enum PenaltyPlacement {
    /** −β·x in the reward, carried back by the return: the full gradient of KL(π ‖ π_ref) over whole responses. */
    K1_IN_REWARD(Force.SEQUENCE_REVERSE_KL),
    /** β·Σ_v π(v)·(log π(v) − log π_ref(v)) in the loss (Amini et al. 2025): exact per token, blind to later tokens. */
    RAO_BLACKWELL_IN_LOSS(Force.TOKEN_REVERSE_KL),
    /** β·w·k3 in the loss with the differentiable w = π/sg(π_old) (Tang and Munos 2025; DeepSeek-V3.2). */
    WEIGHTED_K3_IN_LOSS(Force.TOKEN_REVERSE_KL),
    /** β·x²/2 in the loss: on fresh samples its gradient is that of the reverse KL (Liu et al. 2025). */
    K2_IN_LOSS(Force.TOKEN_REVERSE_KL),
    /** β·k3 in the loss, as many GRPO codes have it: pulls by the <i>forward</i> KL(π_ref ‖ π). */
    K3_IN_LOSS(Force.FORWARD_KL),
    /** β·x in the loss: no expected force at all, since E[∇log π] = 0. */
    K1_IN_LOSS(Force.NONE);

    /** What a placement pulls towards, in expectation. */
    public enum Force {
        /** ∇KL(π ‖ π_ref) of whole responses. */
        SEQUENCE_REVERSE_KL,
        /** ∇KL(π ‖ π_ref) token by token, blind to the effect on later tokens. */
        TOKEN_REVERSE_KL,
        /** ∇KL(π_ref ‖ π). */
        FORWARD_KL,
        /** Nothing. */
        NONE
    }

    private final Force force;

    PenaltyPlacement(Force force) {
        this.force = force;
    }

    public Force force() {
        return force;
    }

    /** True where the penalty is charged in the reward and not in the loss. */
    public boolean isInReward() {
        return this == K1_IN_REWARD;
    }
}
