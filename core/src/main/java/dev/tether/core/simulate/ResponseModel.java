package dev.tether.core.simulate;

import dev.tether.core.law.Require;

/**
 * How the KL of a run answers to β, in four numbers: KL drifts towards the equilibrium that β stands for,
 * KL ← KL + clamp(rate · (KL_eq(β) − KL), ±speedLimit), KL_eq(β) = min(equilibriumNats · (0.1/β)^exponent, freeNats).
 *
 * @param equilibriumNats KL_eq at β = 0.1; finite and &gt; 0
 * @param exponent how steeply the equilibrium falls with β; 2 for a reward that is Gaussian under the reference; finite
 *     and &gt; 0
 * @param rate share of the distance to the equilibrium that one step covers, in (0, 1]
 * @param speedLimit most nats that one step covers, as clipped updates and the learning rate have it; &gt; 0, infinite =
 *     none
 * @param freeNats where KL ends without a belt; &gt; 0, infinite = nowhere
 */
public record ResponseModel(double equilibriumNats, double exponent, double rate, double speedLimit, double freeNats) {
    /** The β that {@code equilibriumNats} belongs to. */
    public static final double REFERENCE_KL_COEF = 0.1;

    public ResponseModel {
        Require.positive("equilibrium_nats", equilibriumNats);
        Require.positive("exponent", exponent);
        Require.that(rate > 0 && rate <= 1, "rate", rate, "in (0, 1]");
        Require.that(speedLimit > 0, "speed_limit", speedLimit, "> 0, infinite for none");
        Require.that(freeNats > 0, "free_nats", freeNats, "> 0, infinite for none");
    }

    /** KL_eq(β) in nats; at β = 0, {@code freeNats}. */
    public double equilibrium(double klCoef) {
        Require.notNegative("kl_coef", klCoef);
        return klCoef == 0
                ? freeNats
                : Math.min(freeNats, equilibriumNats * Math.pow(REFERENCE_KL_COEF / klCoef, exponent));
    }

    /** The β whose equilibrium is {@code nats}; meaningful below {@code freeNats}. */
    public double klCoefFor(double nats) {
        Require.positive("nats", nats);
        return REFERENCE_KL_COEF * Math.pow(equilibriumNats / nats, 1 / exponent);
    }

    /** KL after one step under β. */
    public double next(double nats, double klCoef) {
        double wish = rate * (equilibrium(klCoef) - nats);
        return Math.max(0, nats + Math.max(-speedLimit, Math.min(speedLimit, wish)));
    }
}
