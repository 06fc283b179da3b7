package dev.tether.trainer.loop;

import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.parallel.DividedPolicy;
import dev.tether.trainer.parallel.DividedProbe;
import dev.tether.trainer.parallel.DividedReference;
import dev.tether.trainer.parallel.DividedReward;
import dev.tether.trainer.parallel.DivisiblePolicy;
import dev.tether.trainer.parallel.Peers;
import dev.tether.trainer.preference.Comparisons;
import dev.tether.trainer.reward.RewardModel;
import dev.tether.trainer.reward.Rewards;
import dev.tether.trainer.rollout.PromptSource;
import java.util.Optional;

/**
 * What a training loop is put together from.
 *
 * @param probe measures what needs both models' full distributions; empty where the models have none, and then the belt is
 *     read from the chosen tokens alone
 * @param reAnchoring given exactly where the settings let the reference follow the policy
 * @param comparisons what a policy learns from that does not learn from its own answers
 * @param peers the processes that divide the work; the models, rewards and the probe are divided among them already
 */
public record TrainingParts(
        PolicyModel policy,
        ReferenceModel reference,
        Rewards rewards,
        Tokenizer tokenizer,
        PromptSource prompts,
        Optional<BeltProbe> probe,
        Optional<ReAnchoring> reAnchoring,
        Optional<Comparisons> comparisons,
        Peers peers) {

    /** Of one process, without comparisons. */
    public TrainingParts(
            PolicyModel policy,
            ReferenceModel reference,
            Rewards rewards,
            Tokenizer tokenizer,
            PromptSource prompts,
            Optional<BeltProbe> probe,
            Optional<ReAnchoring> reAnchoring) {
        this(policy, reference, rewards, tokenizer, prompts, probe, reAnchoring, Optional.empty(), Peers.ALONE);
    }

    /** With comparisons to learn from. */
    public TrainingParts with(Comparisons pairs) {
        return new TrainingParts(
                policy, reference, rewards, tokenizer, prompts, probe, reAnchoring, Optional.of(pairs), peers);
    }

    /**
     * The same parts with the work on the rows of a batch divided; waits for the other processes.
     *
     * @param own the very {@link #policy} of these parts
     */
    public TrainingParts dividedAmong(Peers others, DivisiblePolicy own) {
        if (reAnchoring.isPresent()) {
            throw new IllegalArgumentException("a reference that moves cannot be divided among processes");
        }
        return new TrainingParts(
                new DividedPolicy(own, others),
                new DividedReference(reference, others),
                DividedReward.of(rewards, others),
                tokenizer,
                prompts,
                probe.map(each -> new DividedProbe(each, others)),
                reAnchoring,
                comparisons,
                others);
    }

    /** With a frozen reference, without gold reward and without a probe. */
    public TrainingParts(
            PolicyModel policy,
            ReferenceModel reference,
            RewardModel rewardModel,
            Tokenizer tokenizer,
            PromptSource prompts) {
        this(policy, reference, Rewards.of(rewardModel), tokenizer, prompts, Optional.empty(), Optional.empty());
    }
}
