package dev.tether.torch.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CyclicBarrier;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CrewTest {
    @BeforeEach
    void threeThreads() {
        TorchEngine.start(3);
    }

    @AfterEach
    void asBefore() {
        TorchEngine.start(0);
    }

    @Test
    void allSharesRunAtOnceAndByOneThreadOfTorchEach() throws Exception {
        CyclicBarrier allAreHere = new CyclicBarrier(3);
        Set<Integer> shares = new ConcurrentSkipListSet<>();
        Set<Integer> torchThreads = new ConcurrentSkipListSet<>();
        TorchEngine.crew().run(3, share -> {
            try {
                allAreHere.await();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            shares.add(share);
            torchThreads.add(torch.get_num_threads());
        });
        assertThat(shares).containsExactly(0, 1, 2);
        assertThat(torchThreads).containsExactly(1);
        assertThat(torch.get_num_threads()).as("of the caller").isEqualTo(3);
    }

    @Test
    void aShareThatFailsIsToldAfterAllHaveEnded() {
        Set<Integer> ended = new ConcurrentSkipListSet<>();
        assertThatIllegalStateException()
                .isThrownBy(() -> TorchEngine.crew().run(3, share -> {
                    if (share == 1) {
                        throw new IllegalStateException("share 1 failed");
                    }
                    ended.add(share);
                }))
                .withMessage("share 1 failed");
        assertThat(ended).containsExactly(0, 2);
    }

    @Test
    void moreSharesThanMembersAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TorchEngine.crew().run(4, share -> {}))
                .withMessage("shares = 4, must be at most 3");
    }
}
