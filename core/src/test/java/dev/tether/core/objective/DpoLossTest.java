package dev.tether.core.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DpoLossTest {
    @Test
    void theLossIsThatOfThePaper() {
        // β h = 0.1 · (−2 − 3) = −0.5
        DpoLoss.Term term = new DpoLoss(0.1, 0).at(-2, 3);
        assertThat(term.margin()).isCloseTo(-0.5, within(1e-15));
        assertThat(term.loss()).isCloseTo(-Math.log(1 / (1 + Math.exp(0.5))), within(1e-15));
    }

    @Test
    void atTheReferenceThePairIsACoinToss() {
        DpoLoss.Term term = new DpoLoss(0.3, 0).at(0, 0);
        assertThat(term.loss()).isCloseTo(Math.log(2), within(1e-15));
        assertThat(term.slope()).isCloseTo(-0.15, within(1e-15));
    }

    @Test
    void theSlopeIsMinusBetaSigmaOfMinusBetaH() {
        double margin = 0.2 * (4 - 1);
        assertThat(new DpoLoss(0.2, 0).at(4, 1).slope()).isCloseTo(-0.2 / (1 + Math.exp(margin)), within(1e-15));
    }

    @Test
    void theSlopeIsTheDerivativeOfTheLoss() {
        double step = 1e-5;
        for (double smoothing : new double[] {0, 0.1, 0.4}) {
            DpoLoss loss = new DpoLoss(0.7, smoothing);
            for (double h : new double[] {-9, -1, 0, 0.5, 7}) {
                double slope =
                        (loss.at(h + step, 0).loss() - loss.at(h - step, 0).loss()) / (2 * step);
                assertThat(loss.at(h, 0).slope()).isCloseTo(slope, within(1e-9));
                double ofRejected = (loss.at(h, step).loss() - loss.at(h, -step).loss()) / (2 * step);
                assertThat(-loss.at(h, 0).slope()).isCloseTo(ofRejected, within(1e-9));
            }
        }
    }

    @Test
    void smoothedLabelsAreFittedAtAFiniteMargin() {
        // the best margin is log((1 − ε)/ε): there the slope vanishes
        double smoothing = 0.1;
        double best = Math.log((1 - smoothing) / smoothing) / 0.5;
        assertThat(new DpoLoss(0.5, smoothing).at(best, 0).slope()).isCloseTo(0, within(1e-15));
    }

    @Test
    void aPriceOfNothingAndCoinTossLabelsAreRefused() {
        assertThatThrownBy(() -> new DpoLoss(0, 0)).hasMessage("dpo.beta = 0.0, must be finite and > 0");
        assertThatThrownBy(() -> new DpoLoss(1, 0.5)).hasMessage("dpo.label_smoothing = 0.5, must be in [0, 0.5)");
    }
}
