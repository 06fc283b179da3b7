package dev.tether.core.objective;

import dev.tether.core.kl.ResponseMask;

/**
 * PPO's value loss with the value clipping of the OpenAI code: ½ · mean over counted positions of
 * max((v − R)², (clip(v, vOld ± range) − R)²).
 *
 * @param loss the mean with its factor ½, before weighting by the value coefficient
 * @param gradient [B][T], ∂loss/∂newValues; 0 where uncounted and where the clip bites
 * @param clipFraction share of counted positions where the clip bites, 0..1
 */
public record PpoValueLoss(double loss, double[][] gradient, double clipFraction) {
    /**
     * The loss of one minibatch.
     *
     * @param newValues [B][T], of the value function being updated
     * @param values [B][T], before the update
     * @param returns [B][T], GAE targets
     * @param valueMask positions that count in the value loss
     * @param valueClipRange the new value is clipped to the old one ± this; infinite = no clipping
     */
    public static PpoValueLoss of(
            double[][] newValues,
            double[][] values,
            double[][] returns,
            ResponseMask valueMask,
            double valueClipRange) {
        valueMask.requireShape("new_values", newValues);
        valueMask.requireShape("values", values);
        valueMask.requireShape("returns", returns);
        double positions = valueMask.counted();
        double loss = 0;
        double clipped = 0;
        double[][] gradient = new double[newValues.length][];
        for (int b = 0; b < gradient.length; b++) {
            gradient[b] = new double[newValues[b].length];
            for (int t = 0; t < gradient[b].length; t++) {
                if (valueMask.counts(b, t)) {
                    double error = newValues[b][t] - returns[b][t];
                    double bounded = Math.max(
                            values[b][t] - valueClipRange, Math.min(values[b][t] + valueClipRange, newValues[b][t]));
                    double boundedError = bounded - returns[b][t];
                    boolean bites = boundedError * boundedError > error * error;
                    loss += 0.5 * Math.max(error * error, boundedError * boundedError);
                    clipped += bites ? 1 : 0;
                    gradient[b][t] = bites ? 0 : error / positions;
                }
            }
        }
        return new PpoValueLoss(loss / positions, gradient, clipped / positions);
    }
}
