package dev.tether.core.belt;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.belt.BeltConfiguration.ReferenceUse;
import dev.tether.core.belt.BeltVerdict.State;
import dev.tether.core.kl.ResponseMask;
import org.junit.jupiter.api.Test;

class BeltVerdictTest {
    @Test
    void aBeltWithoutAReferenceOrWithoutAUseOfItIsAbsent() {
        assertVerdict(ReferenceUse.MISSING, PenaltyPlacement.K1_IN_REWARD, 0.1, State.ABSENT, "no reference");
        assertVerdict(ReferenceUse.UNUSED, PenaltyPlacement.K1_IN_REWARD, 0.1, State.ABSENT, "no penalty is computed");
        assertVerdict(ReferenceUse.USED, PenaltyPlacement.K1_IN_REWARD, 0, State.ABSENT, "β = 0");
    }

    @Test
    void aPenaltyWithoutExpectedGradientHoldsNothing() {
        assertVerdict(ReferenceUse.USED, PenaltyPlacement.K1_IN_LOSS, 0.1, State.ABSENT, "the belt holds nothing");
    }

    @Test
    void aNegativeCoefficientIsReversed() {
        assertVerdict(ReferenceUse.USED, PenaltyPlacement.K1_IN_REWARD, -0.1, State.REVERSED, "is negative");
    }

    @Test
    void anAttachedBeltSaysByWhichGradientItPulls() {
        assertVerdict(ReferenceUse.USED, PenaltyPlacement.K1_IN_REWARD, 0.1, State.ATTACHED, "over whole responses");
        for (PenaltyPlacement local : new PenaltyPlacement[] {
            PenaltyPlacement.RAO_BLACKWELL_IN_LOSS, PenaltyPlacement.WEIGHTED_K3_IN_LOSS, PenaltyPlacement.K2_IN_LOSS
        }) {
            assertVerdict(ReferenceUse.USED, local, 0.1, State.ATTACHED, "token by token");
        }
        assertVerdict(ReferenceUse.USED, PenaltyPlacement.K3_IN_LOSS, 0.1, State.ATTACHED, "forward KL");
    }

    @Test
    void clampsAndTheFloorMakeItSlack() {
        BeltVerdict clamped =
                BeltVerdict.of(new BeltConfiguration(ReferenceUse.USED, PenaltyPlacement.K3_IN_LOSS, 0.1, 0.01, 0.062));
        assertThat(clamped.state()).isEqualTo(State.SLACK);
        assertThat(clamped.sentence()).contains("6.2 % of the tokens");
        BeltVerdict few =
                BeltVerdict.of(new BeltConfiguration(ReferenceUse.USED, PenaltyPlacement.K3_IN_LOSS, 0.1, 0.01, 0.05));
        assertThat(few.state()).isEqualTo(State.ATTACHED);
        BeltVerdict floor =
                BeltVerdict.of(new BeltConfiguration(ReferenceUse.USED, PenaltyPlacement.K1_IN_REWARD, 0.01, 0.01, 0));
        assertThat(floor.state()).isEqualTo(State.SLACK);
        assertThat(floor.sentence()).contains("at its floor");
    }

    @Test
    void theMeasuredForceHasTheLastWord() {
        assertForce(1, State.ATTACHED);
        assertForce(0.5, State.ATTACHED);
        assertForce(0.49, State.SLACK);
        assertForce(0.11, State.SLACK);
        assertForce(0.1, State.ABSENT);
        assertForce(-0.1, State.ABSENT);
        assertForce(-0.11, State.REVERSED);
        BeltVerdict atReference = BeltVerdict.of(BeltForce.of(new double[] {1, 2}, new double[2]));
        assertThat(atReference.state()).isEqualTo(State.SLACK);
        assertThat(atReference.sentence()).contains("at the reference");
    }

    @Test
    void forceCosineAndShareAreThoseOfTheGradients() {
        BeltForce force = BeltForce.of(new double[] {3, 0, 4}, new double[] {6, 8, 0});
        assertClose("force", force.force().orElseThrow(), 18.0 / 100, 1e-15);
        assertClose("cosine", force.cosine().orElseThrow(), 18.0 / 50, 1e-15);
        assertClose("share", force.shareOfPull(0.2, 3).orElseThrow(), 1.0 / 4, 1e-15);
        BeltForce none = BeltForce.of(new double[2], new double[2]);
        assertThat(none.force()).isEmpty();
        assertThat(none.cosine()).isEmpty();
        assertThat(none.shareOfPull(1, 0)).isEmpty();
        assertClose("no belt", none.shareOfPull(1, 2).orElseThrow(), 0, 0);
    }

    @Test
    void wrongNumbersAreRefused() {
        assertThatThrownBy(() -> BeltForce.of(new double[2], new double[3]))
                .hasMessage("the exact gradient has length 3, must equal the length of the penalty gradient, 2");
        assertThatThrownBy(() -> BeltForce.of(new double[] {Double.NaN}, new double[1]))
                .hasMessageStartingWith("inner_product = NaN");
        assertThatThrownBy(() -> BeltForce.of(new double[1], new double[1]).shareOfPull(-1, 1))
                .hasMessageStartingWith("kl_coef = -1.0");
        assertThatThrownBy(() -> new BeltConfiguration(ReferenceUse.USED, PenaltyPlacement.K1_IN_LOSS, 1, 0, 2))
                .hasMessageStartingWith("clamped_share = 2.0");
        double[][] one = {{-1}};
        assertThatThrownBy(() ->
                        PenaltyLoss.of(PenaltyPlacement.RAO_BLACKWELL_IN_LOSS, one, one, one, ResponseMask.all(1, 1)))
                .hasMessageStartingWith("RAO_BLACKWELL_IN_LOSS needs the whole vocabulary");
    }

    private static void assertForce(double force, State expected) {
        BeltVerdict verdict = BeltVerdict.of(BeltForce.of(new double[] {force, 5}, new double[] {1, 0}));
        assertThat(verdict.state()).as("force " + force).isEqualTo(expected);
        assertThat(verdict.sentence()).contains("pulls with " + force);
    }

    private static void assertVerdict(
            ReferenceUse use, PenaltyPlacement placement, double klCoef, State state, String words) {
        BeltVerdict verdict = BeltVerdict.of(new BeltConfiguration(use, placement, klCoef, 0.001, 0));
        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(state);
        assertThat(verdict.sentence()).contains(words);
    }
}
