package dev.tether.trainer.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.run.InputException;
import dev.tether.run.journal.ScorePart;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.TrainingLoop;
import dev.tether.trainer.loop.TrainingParts;
import dev.tether.trainer.reward.RewardModel;
import dev.tether.trainer.reward.Rewards;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is really wanted is measured beside the reward that is trained on, and changes nothing. */
class GoldRewardTest {
    private static final RunSettings SETTINGS = RunSettings.defaults()
            .with("steps=6", "prompts.batch_size=64", "optimizer.learning_rate=2", "generation.max_new_tokens=3")
            .with("belt.controller=fixed", "belt.kl_coef=0");

    @Test
    void itIsMeasuredAndNotTrainedOn() {
        TabularPolicy alone = policy();
        TrainingLoop plain = loop(alone, Optional.empty());
        TabularPolicy watched = policy();
        TrainingLoop beside = loop(watched, Optional.of(TabularWorld.scoring(response -> -response.length)));
        StepRecord last = null;
        for (int step = 0; step < 6; step++) {
            assertThat(plain.step().record().goldScore()).isEmpty();
            last = beside.step().record();
        }
        assertThat(watched.logits).isDeepEqualTo(alone.logits);
        double length = last.responseTokens().orElseThrow().mean();
        assertThat(last.goldScore().orElseThrow().mean()).isEqualTo(-length);
        assertThat(last.score().orElseThrow().mean()).isNotEqualTo(-length);
    }

    @Test
    void aGoldRewardThatFailsIsNamed() {
        TrainingLoop loop = loop(policy(), Optional.of(TabularWorld.scoring(response -> Double.NaN)));
        assertThatThrownBy(loop::step)
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("the gold reward returned NaN for sample 0 of step 1");
    }

    @Test
    void severalRewardsAreSummedByWeightAndEachIsTold() {
        TrainingParts parts = TabularWorld.parts(policy());
        RewardModel length = TabularWorld.scoring(response -> response.length);
        Rewards rewards = new Rewards(
                List.of(
                        new Rewards.Part("one", 1, TabularWorld.scoring(response -> 3)),
                        new Rewards.Part("two", -0.5, length)),
                Optional.empty());
        StepRecord step = loop(parts, rewards).step().record();
        double mean = step.responseTokens().orElseThrow().mean();
        assertThat(step.score().orElseThrow().mean()).isCloseTo(3 - 0.5 * mean, within(1e-12));
        assertThat(step.scoreParts().orElseThrow())
                .satisfiesExactly(
                        one -> assertThat(one).isEqualTo(new ScorePart("one", 1, 3, 0)),
                        two -> assertThat(two.mean()).isCloseTo(mean, within(1e-12)));
    }

    private static TabularPolicy policy() {
        return new TabularPolicy(TabularWorld.TREE, TabularWorld.REFERENCE);
    }

    private static TrainingLoop loop(TabularPolicy policy, Optional<RewardModel> gold) {
        TrainingParts parts = TabularWorld.parts(policy);
        return loop(parts, new Rewards(parts.rewards().parts(), gold));
    }

    private static TrainingLoop loop(TrainingParts parts, Rewards rewards) {
        return new TrainingLoop(
                new TrainingParts(
                        parts.policy(),
                        parts.reference(),
                        rewards,
                        parts.tokenizer(),
                        parts.prompts(),
                        parts.probe(),
                        parts.reAnchoring()),
                SETTINGS);
    }
}
