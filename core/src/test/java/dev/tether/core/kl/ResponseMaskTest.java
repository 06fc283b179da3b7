package dev.tether.core.kl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ResponseMaskTest {
    @Test
    void aMaskThatCountsNothingIsRefused() {
        assertThatThrownBy(() -> ResponseMask.of(new boolean[2][3]))
                .hasMessage("the response mask counts no token: at least one must be true");
    }

    @Test
    void lengthsAndBooleansAgree() {
        ResponseMask mask = ResponseMask.ofLengths(new int[] {2, 0, 3}, 3);
        assertThat(mask).isEqualTo(ResponseMask.of(new boolean[][] {
            {true, true, false}, {false, false, false}, {true, true, true}
        }));
        assertThat(mask.counted()).isEqualTo(5);
        assertThat(mask.sequences()).isEqualTo(3);
        assertThat(mask.sequencesCounted()).isEqualTo(2);
        assertThat(mask.lastCounted(0)).isEqualTo(1);
        assertThat(mask.lastCounted(1)).isEqualTo(-1);
    }

    @Test
    void theMaskDoesNotFollowItsSourceArray() {
        boolean[][] counts = {{true, true}};
        ResponseMask mask = ResponseMask.of(counts);
        counts[0][1] = false;
        assertThat(mask.counts(0, 1)).isTrue();
    }

    @Test
    void aPositionMoreStaysWithinTheWidth() {
        ResponseMask mask = ResponseMask.ofLengths(new int[] {2, 3, 0}, 3).withPositionAfterLast();
        assertThat(mask).isEqualTo(ResponseMask.ofLengths(new int[] {3, 3, 1}, 3));
    }

    @Test
    void rowsPickAMinibatchInOrder() {
        ResponseMask mask = ResponseMask.ofLengths(new int[] {1, 2, 3}, 3);
        assertThat(mask.sequencesCounted()).isEqualTo(3);
        assertThat(mask.rows(2, 0)).isEqualTo(ResponseMask.ofLengths(new int[] {3, 1}, 3));
    }

    @Test
    void aWrongShapeIsNamed() {
        ResponseMask mask = ResponseMask.all(2, 3);
        assertThatThrownBy(() -> mask.requireShape("values", new double[3][3]))
                .hasMessage("values has 3 sequences, the response mask has 2");
        assertThatThrownBy(() -> mask.requireShape("values", new double[2][4]))
                .hasMessage("values[0] has 4 tokens, the response mask has 3");
        assertThatThrownBy(() -> ResponseMask.ofLengths(new int[] {4}, 3))
                .hasMessage("lengths[0] = 4, must be in 0..3 (the mask's width)");
    }
}
