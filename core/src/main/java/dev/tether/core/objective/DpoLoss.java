package dev.tether.core.objective;

import dev.tether.core.law.Require;
import dev.tether.core.stats.Logistic;

/**
 * Direct preference optimisation (Rafailov et al. 2023, equation 7): with h = (log π − log π_ref)(chosen) − (log π − log
 * π_ref)(rejected), sums over each whole response in nats, the loss of a pair is
 * −(1 − ε) log σ(βh) − ε log σ(−βh). β·(log π − log π_ref) is the reward that π is the closed-form optimum of, up to a
 * constant per prompt; β is the price of one nat, as {@code klCoef} elsewhere.
 *
 * @param klCoef β, reward per nat; &gt; 0 and finite
 * @param labelSmoothing ε, the share of labels held for wrong ("conservative DPO", Mitchell 2023); in [0, ½)
 */
public record DpoLoss(double klCoef, double labelSmoothing) {
    public DpoLoss {
        Require.positive("dpo.beta", klCoef);
        Require.that(labelSmoothing >= 0 && labelSmoothing < 0.5, "dpo.label_smoothing", labelSmoothing, "in [0, 0.5)");
    }

    /**
     * One pair.
     *
     * @param loss nats
     * @param slope ∂loss/∂h, so ∂loss/∂(log π(chosen)) = slope and ∂loss/∂(log π(rejected)) = −slope
     * @param margin βh: how much better the policy's implied reward finds the chosen answer
     */
    public record Term(double loss, double slope, double margin) {}

    /**
     * @param chosenLogRatio log π − log π_ref of the whole chosen response, nats
     * @param rejectedLogRatio the same of the rejected response
     */
    public Term at(double chosenLogRatio, double rejectedLogRatio) {
        double margin = klCoef * (chosenLogRatio - rejectedLogRatio);
        double loss = (1 - labelSmoothing) * Logistic.loss(margin) + labelSmoothing * Logistic.loss(-margin);
        double slope =
                klCoef * (labelSmoothing * Logistic.sigma(margin) - (1 - labelSmoothing) * Logistic.sigma(-margin));
        return new Term(loss, slope, margin);
    }
}
