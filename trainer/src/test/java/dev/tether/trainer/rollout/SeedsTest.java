package dev.tether.trainer.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeedsTest {
    @Test
    void everyPurposeStepAndIndexHasItsOwnStream() {
        Set<Long> seen = new HashSet<>();
        for (Seeds.Purpose purpose : Seeds.Purpose.values()) {
            for (long step = 0; step < 100; step++) {
                for (long index = 0; index < 10; index++) {
                    seen.add(new Seeds(17).of(purpose, step, index));
                }
            }
        }
        assertThat(seen).hasSize(Seeds.Purpose.values().length * 1000);
    }

    @Test
    void permutationsAreUniformOverThePositionsOfAnElement() {
        int[] positionOfZero = new int[5];
        for (int step = 0; step < 5000; step++) {
            int[] order = new Seeds(3).permutation(5, Seeds.Purpose.MINIBATCH_ORDER, step, 0);
            for (int i = 0; i < 5; i++) {
                positionOfZero[i] += order[i] == 0 ? 1 : 0;
            }
        }
        // 1,000 expected, standard deviation 28.3: five of them
        assertThat(Arrays.stream(positionOfZero).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(858, 1142));
    }

    @Test
    void anotherSeedIsAnotherOrder() {
        assertThat(new Seeds(1).permutation(20, Seeds.Purpose.MINIBATCH_ORDER, 1, 0))
                .isNotEqualTo(new Seeds(2).permutation(20, Seeds.Purpose.MINIBATCH_ORDER, 1, 0));
    }
}
