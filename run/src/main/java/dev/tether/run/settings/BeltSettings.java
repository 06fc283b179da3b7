package dev.tether.run.settings;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlUnit;

/**
 * The KL belt: how KL(policy ‖ reference) is estimated, what it costs, and who moves the price.
 *
 * @param estimator of the per-token penalty
 * @param controller moves the coefficient
 * @param klCoef β, the price of one nat, at the start; ≥ 0
 * @param target wished KL in nats of {@code unit}; &gt; 0; unused by {@link Controller#FIXED}
 * @param unit of the target
 * @param horizonEpisodes Ziegler: how slowly β moves, in episodes; ≥ 1
 * @param floor lowest β a controller may choose; &gt; 0
 * @param ceiling highest β a controller may choose; ≥ floor
 */
public record BeltSettings(
        @Meaning("estimator of the per-token penalty: k1 | abs_k1 | k2 | k3")
        KlEstimator estimator,

        @Meaning("what moves the coefficient: fixed | thermostat | ziegler")
        Controller controller,

        @Meaning("price of one nat of KL at the start (beta)")
        double klCoef,

        @Meaning("wished KL in nats, in the unit below; unused when the controller is fixed")
        double target,

        @Meaning("unit of the target: sequence (nats per response) | token (nats per token)")
        KlUnit unit,

        @Meaning("ziegler: how slowly the coefficient moves, in episodes")
        long horizonEpisodes,

        @Meaning("lowest coefficient a controller may choose")
        double floor,

        @Meaning("highest coefficient a controller may choose")
        double ceiling) {

    /** What moves β. */
    public enum Controller {
        /** β stays where it is. */
        FIXED,
        /** β is multiplied or divided by 1.5 when KL leaves half to one and a half times the target. */
        THERMOSTAT,
        /** β moves in proportion to the relative error, clipped to ±0.2 (Ziegler et al. 2019). */
        ZIEGLER
    }

    public BeltSettings {
        Require.present("belt.estimator", estimator);
        Require.present("belt.controller", controller);
        Require.notNegative("belt.kl_coef", klCoef);
        Require.positive("belt.target", target);
        Require.present("belt.unit", unit);
        Require.atLeast("belt.horizon_episodes", horizonEpisodes, 1);
        Require.positive("belt.floor", floor);
        Require.positive("belt.ceiling", ceiling);
        Require.that(ceiling >= floor, "belt.ceiling", ceiling, "at least belt.floor = " + floor);
        if (controller != Controller.FIXED) {
            Require.that(
                    klCoef >= floor && klCoef <= ceiling,
                    "belt.kl_coef",
                    klCoef,
                    "between belt.floor = " + floor + " and belt.ceiling = " + ceiling
                            + " unless belt.controller is fixed");
        }
    }

    public static BeltSettings defaults() {
        return new BeltSettings(
                KlEstimator.K1, Controller.ZIEGLER, 0.1, 6.0, KlUnit.NATS_PER_SEQUENCE, 200, 0.001, 10.0);
    }
}
