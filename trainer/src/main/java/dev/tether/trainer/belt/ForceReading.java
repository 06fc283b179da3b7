package dev.tether.trainer.belt;

/**
 * What the penalty of a run pulls with, measured on one rollout.
 *
 * @param force ⟨∇penalty, ∇KL⟩ / ‖∇KL‖², both per nat and gradients of something to be minimised: 1 = the force of
 *     KL(policy ‖ reference) over whole responses, 0 = not attached, &lt; 0 = pushes away. NaN where ∇KL cannot be told
 *     from 0, as at the reference itself
 * @param seForce its standard error; infinite where it is unknown
 * @param rewardForceShare ‖price · ∇penalty‖ / ‖gradient of the same update without the penalty‖: how large the belt's part
 *     of a step is beside the reward's, the noise of the samples in both; infinite where the reward has no gradient,
 *     NaN where it was not measured
 * @param klNatsPerToken the exact KL(policy ‖ reference) of the rollout
 */
public record ForceReading(double force, double seForce, double rewardForceShare, double klNatsPerToken) {
    /** Of a rollout without scores, which says nothing of the reward. */
    public ForceReading withoutRewardShare() {
        return new ForceReading(force, seForce, Double.NaN, klNatsPerToken);
    }
}
