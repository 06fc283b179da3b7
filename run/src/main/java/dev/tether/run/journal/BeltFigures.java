package dev.tether.run.journal;

import dev.tether.core.belt.PenaltyPlacement;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Is the belt attached. The force and its companions are there on steps where it was measured.
 *
 * @param placement where the penalty acts
 * @param verdict in one word, such as {@code attached}
 * @param force ⟨∇penalty, ∇KL⟩ / ‖∇KL‖² without β: 1 = pulls as the KL does, 0 = not attached, &lt; 0 =
 *     reversed
 * @param seForce standard error of {@code force}
 * @param rewardForceShare how much of the pull on the policy is the belt's and not the reward's, 0 to 1
 */
public record BeltFigures(
        PenaltyPlacement placement,
        Optional<String> verdict,
        OptionalDouble force,
        OptionalDouble seForce,
        OptionalDouble rewardForceShare) {
    public BeltFigures {
        Figures.law(placement != null, "belt.placement", "null", "given");
        verdict = verdict == null ? Optional.empty() : verdict;
        verdict.ifPresent(word -> Figures.text("belt.verdict", word));
        force = Figures.known("belt.force", force);
        seForce = Figures.known("belt.se_force", seForce);
        rewardForceShare = Figures.known("belt.reward_force_share", rewardForceShare);
    }
}
