package dev.tether.run.settings;

/**
 * Whether the reference follows the policy. The total drift from the first reference stays measured.
 *
 * @param how it follows
 * @param everySteps how often; ≥ 1 where it follows at all
 * @param decay EMA: share of the old reference that stays each time; in (0, 1)
 */
public record ReAnchorSettings(
        @Meaning(
                "does the reference follow the policy: never | hard_sync (becomes the policy) | ema (moves towards it)")
        How how,

        @Meaning("a new anchor after each this many steps; 0 only with never")
        int everySteps,

        @Meaning("ema: share of the old reference that stays each time")
        double decay) {

    /** How the reference follows the policy. */
    public enum How {
        /** Frozen: the belt is tied to where the run began. */
        NEVER,
        /** The reference becomes the policy. */
        HARD_SYNC,
        /** reference ← decay · reference + (1 − decay) · policy. */
        EMA
    }

    public ReAnchorSettings {
        Require.present("belt.re_anchor.how", how);
        Require.atLeast("belt.re_anchor.every_steps", everySteps, 0);
        Require.that(
                (everySteps > 0) == (how != How.NEVER),
                "belt.re_anchor.every_steps",
                everySteps,
                "0 with belt.re_anchor.how = never, at least 1 otherwise");
        Require.that(decay > 0 && decay < 1, "belt.re_anchor.decay", decay, "in (0, 1)");
    }

    public static ReAnchorSettings defaults() {
        return new ReAnchorSettings(How.NEVER, 0, 0.99);
    }
}
