package dev.tether.trainer.model;

import dev.tether.core.objective.LossMean;
import dev.tether.core.objective.PpoClip;
import dev.tether.core.objective.Surrogate;

/**
 * What one optimiser step descends on: mean of the surrogate, value loss, less the entropy bonus, plus the penalty where it is
 * placed in the loss.
 *
 * @param surrogate of the policy gradient
 * @param mean how the losses of tokens become one, those of the entropy and of the penalty too
 * @param value the value function's part
 * @param entropyCoef weight of the entropy bonus; ≥ 0
 * @param klLoss the penalty in the loss
 * @param limit over which a step is not taken
 */
public record UpdateObjective(
        Surrogate surrogate,
        LossMean mean,
        ValueTerm value,
        double entropyCoef,
        KlLoss klLoss,
        ReferenceKlLimit limit) {
    public UpdateObjective {
        if (!(entropyCoef >= 0) || Double.isInfinite(entropyCoef)) {
            throw new IllegalArgumentException("entropy_coef = " + entropyCoef + ", must be finite and >= 0");
        }
    }

    /** PPO alone: no penalty in the loss, no limit. */
    public static UpdateObjective of(PpoClip clip) {
        return new UpdateObjective(
                clip.surrogate(),
                LossMean.OVER_TOKENS,
                new ValueTerm(clip.valueClipRange(), clip.valueCoef()),
                clip.entropyCoef(),
                KlLoss.NONE,
                ReferenceKlLimit.NONE);
    }

    /** The same with a penalty in the loss. */
    public UpdateObjective with(KlLoss klLoss) {
        return new UpdateObjective(surrogate, mean, value, entropyCoef, klLoss, limit);
    }

    /** The same under a limit. */
    public UpdateObjective with(ReferenceKlLimit limit) {
        return new UpdateObjective(surrogate, mean, value, entropyCoef, klLoss, limit);
    }

    /** The same without entropy bonus. */
    public UpdateObjective withoutEntropy() {
        return new UpdateObjective(surrogate, mean, value, 0, klLoss, limit);
    }
}
