package dev.tether.trainer.model;

import dev.tether.core.belt.PenaltyPlacement;
import java.util.Optional;

/**
 * The part of the belt that is in the loss.
 *
 * @param placement {@link PenaltyPlacement#K1_IN_REWARD} adds nothing to the loss
 * @param klLossCoef price of one nat, ≥ 0; finite
 * @param reference whose full distributions {@link PenaltyPlacement#RAO_BLACKWELL_IN_LOSS} is charged against, read anew in
 *     every step; the other placements take the logprobs of the {@link Minibatch} and need none
 */
public record KlLoss(PenaltyPlacement placement, double klLossCoef, Optional<ReferenceModel> reference) {
    /** Nothing in the loss. */
    public static final KlLoss NONE = new KlLoss(PenaltyPlacement.K1_IN_REWARD, 0);

    public KlLoss {
        if (!(klLossCoef >= 0) || Double.isInfinite(klLossCoef)) {
            throw new IllegalArgumentException("kl_loss_coef = " + klLossCoef + ", must be finite and >= 0");
        }
    }

    /** Without a reference at hand. */
    public KlLoss(PenaltyPlacement placement, double klLossCoef) {
        this(placement, klLossCoef, Optional.empty());
    }

    /**
     * The reference where the step needs it: in the loss, over the vocabulary, at a price.
     *
     * @throws IllegalArgumentException when it is needed and was not given
     */
    public Optional<ReferenceModel> requiredReference() {
        boolean needed = placement == PenaltyPlacement.RAO_BLACKWELL_IN_LOSS && klLossCoef > 0;
        if (needed && reference.isEmpty()) {
            throw new IllegalArgumentException(
                    placement + " is a sum over the vocabulary, but the loss was given no reference to read it from");
        }
        return needed ? reference : Optional.empty();
    }
}
