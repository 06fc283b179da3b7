package dev.tether.trainer.tabular;

import dev.tether.trainer.loop.TrainingParts;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.reward.RewardModel;
import dev.tether.trainer.rollout.Prompt;
import dev.tether.trainer.rollout.PromptSource;
import dev.tether.trainer.rollout.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** Everything a training loop needs, on tables: vocabulary 4, responses of at most 3 tokens. */
final class TabularWorld {
    static final TabularTree TREE = new TabularTree(4, 3);
    static final double[][] REFERENCE = randomTable(11);

    private TabularWorld() {}

    /** Anything that is not a sum over tokens will do: the order matters, so the penalty's return-to-go does too. */
    static double reward(int[] response) {
        double reward = 0.3 * response.length;
        for (int t = 1; t < response.length; t++) {
            reward += response[t] > response[t - 1] ? 0.5 : -0.2;
        }
        return reward;
    }

    static TrainingParts parts(PolicyModel policy) {
        return parts(policy, scoring(TabularWorld::reward));
    }

    static TrainingParts parts(PolicyModel policy, RewardModel reward) {
        return parts(policy, new TabularReference(TREE, REFERENCE), reward);
    }

    static TrainingParts parts(PolicyModel policy, ReferenceModel reference, RewardModel reward) {
        PromptSource prompts = new PromptSource(
                List.of(new Prompt("the only prompt", new int[] {0})), PromptSource.Order.SEQUENTIAL, new Seeds(5));
        return new TrainingParts(policy, reference, reward, new IdsAsText(), prompts);
    }

    static RewardModel scoring(ToDoubleFunction<int[]> reward) {
        return episodes ->
                episodes.stream().map(Episode::responseIds).mapToDouble(reward).toArray();
    }

    private static double[][] randomTable(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] table = new double[TREE.prefixes()][TREE.vocabulary()];
        for (double[] row : table) {
            Arrays.setAll(row, v -> random.nextDouble(-1, 1));
        }
        return table;
    }

    /** The table speaks in ids alone. */
    private static final class IdsAsText implements Tokenizer {
        @Override
        public int[] encode(String text) {
            return new int[] {0};
        }

        @Override
        public String decode(int[] ids) {
            return Arrays.toString(ids);
        }

        @Override
        public String tokenText(int id) {
            return Integer.toString(id);
        }

        @Override
        public int vocabularySize() {
            return TREE.vocabulary();
        }
    }
}
