package dev.tether.trainer.tabular;

import dev.tether.core.belt.PenaltyLoss;
import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.kl.ResponseMask;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.UpdateObjective;

/** The penalty of a table's optimiser step, where it is placed in the loss. */
final class TabularPenalty {
    private final double klLossCoef;
    private final double[][] gradient;
    /** Null where the penalty is not a sum over the vocabulary. */
    private final TabularReference reference;

    private final double[] weights;
    private double loss;

    private TabularPenalty(double klLossCoef, PenaltyLoss ofTokens, TabularReference reference, double[] weights) {
        this.klLossCoef = klLossCoef;
        this.loss = klLossCoef * ofTokens.loss();
        this.gradient = ofTokens.gradient();
        this.reference = reference;
        this.weights = weights;
    }

    static TabularPenalty of(UpdateObjective objective, Minibatch minibatch, double[][] newLogprobs) {
        KlLoss wanted = objective.klLoss();
        ResponseMask mask = minibatch.tokens().responseMask();
        PenaltyPlacement placement = wanted.placement();
        boolean ofTokens = !placement.isInReward() && placement != PenaltyPlacement.RAO_BLACKWELL_IN_LOSS;
        PenaltyLoss perToken = ofTokens
                ? PenaltyLoss.of(
                        placement, objective.mean(), newLogprobs, minibatch.logprobs(), minibatch.refLogprobs(), mask)
                : new PenaltyLoss(0, new double[newLogprobs.length][newLogprobs[0].length]);
        TabularReference reference =
                (TabularReference) wanted.requiredReference().orElse(null);
        return new TabularPenalty(
                wanted.klLossCoef(), perToken, reference, objective.mean().weights(mask));
    }

    /** Of the chosen token's logprob at [b][t]. */
    double gradientAt(int b, int t) {
        return klLossCoef * gradient[b][t];
    }

    /** Adds what a sum over the vocabulary gives for one position of sequence b to the gradient of its logits. */
    void addAtPosition(int b, int row, double[] logprobs, double[] logitGradient) {
        if (reference != null) {
            PenaltyLoss.Position position = PenaltyLoss.atPosition(logprobs, reference.distribution(row));
            loss += klLossCoef * position.nats() * weights[b];
            for (int v = 0; v < logitGradient.length; v++) {
                logitGradient[v] += klLossCoef * position.gradient()[v] * weights[b];
            }
        }
    }

    /** With its coefficient; complete once every position was added. */
    double loss() {
        return loss;
    }
}
