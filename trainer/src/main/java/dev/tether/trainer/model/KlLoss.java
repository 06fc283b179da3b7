package dev.tether.trainer.model;

import dev.tether.core.belt.PenaltyPlacement;

/**
 * The part of the belt that is in the loss.
 *
 * @param placement {@link PenaltyPlacement#K1_IN_REWARD} adds nothing to the loss
 * @param klLossCoef price of one nat, ≥ 0; finite
 */
public record KlLoss(PenaltyPlacement placement, double klLossCoef) {
    /** Nothing in the loss. */
    public static final KlLoss NONE = new KlLoss(PenaltyPlacement.K1_IN_REWARD, 0);

    public KlLoss {
        if (!(klLossCoef >= 0) || Double.isInfinite(klLossCoef)) {
            throw new IllegalArgumentException("kl_loss_coef = " + klLossCoef + ", must be finite and >= 0");
        }
    }
}
