package dev.tether.core.kl;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.objective.TokenLogprobs;
import org.junit.jupiter.api.Test;

class RaoBlackwellKlTest {
    @Test
    void eachCountedPositionIsExactAndTheOthersAreNotRead() {
        double[] p = TokenLogprobs.logSoftmax(new double[] {1, 0, -1}, 1);
        double[] q = TokenLogprobs.logSoftmax(new double[] {0, 0, 0}, 1);
        ResponseMask mask = ResponseMask.ofLengths(new int[] {1, 2}, 2);
        double[][] nats = RaoBlackwellKl.natsPerToken(
                new double[][][] {{p, null}, {q, p}}, new double[][][] {{q, null}, {q, q}}, mask);
        double exact = FullKl.nats(p, q);
        assertClose("nats", nats, new double[][] {{exact, 0}, {0, exact}}, 1e-15);
        KlSummary summary = RaoBlackwellKl.summary(nats, mask);
        assertThat(summary.type()).isEqualTo(KlType.reference(VocabularyKl.RAO_BLACKWELL));
        assertClose("per sequence", summary.natsPerSequence(), exact, 1e-15);
        assertThat(summary.type().measure().isUnbiased()).isTrue();
        assertThat(VocabularyKl.TOP_K_LOWER_BOUND.isUnbiased()).isFalse();
        assertThat(VocabularyKl.RAO_BLACKWELL.mayBeNegative()).isFalse();
    }

    @Test
    void anotherNumberOfSequencesIsRefused() {
        assertThatThrownBy(() ->
                        RaoBlackwellKl.natsPerToken(new double[2][1][3], new double[1][1][3], ResponseMask.all(1, 1)))
                .hasMessage("logprobs has 2 sequences, the response mask has 1");
    }
}
