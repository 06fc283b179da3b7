package dev.tether.trainer.model;

/**
 * What one optimiser step did; every mean is over counted tokens of the minibatch.
 *
 * @param policyLoss clipped surrogate, before weighting
 * @param valueLoss clipped squared error (with its factor ½), before weighting
 * @param klLoss the penalty where it is placed in the loss, its coefficient included; else 0
 * @param totalLoss policyLoss + valueCoef · valueLoss − entropyCoef · entropy + klLoss
 * @param clipFraction share of tokens where the policy clip bites, 0..1
 * @param valueClipFraction share of tokens where the value clip bites, 0..1
 * @param updateKlK1 mean of logprobs − newLogprobs: k1 of KL(old ‖ new), nats per token
 * @param updateKlK2 mean of ½(newLogprobs − logprobs)²: k2, nats per token
 * @param updateKlK3 mean of e^x − 1 − x, x = newLogprobs − logprobs: k3 of KL(old ‖ new), nats per token
 * @param ratioMean mean importance ratio
 * @param entropy nats, exact mean entropy of the new policy
 * @param referenceKl of the policy as it was going into this step, on this minibatch
 * @param gradientNorm global L2 norm before clipping
 * @param tokens counted tokens
 * @param outcome whether the weights moved
 */
public record UpdateReport(
        double policyLoss,
        double valueLoss,
        double klLoss,
        double totalLoss,
        double clipFraction,
        double valueClipFraction,
        double updateKlK1,
        double updateKlK2,
        double updateKlK3,
        double ratioMean,
        double entropy,
        ReferenceKl referenceKl,
        double gradientNorm,
        long tokens,
        Outcome outcome) {

    /** The same with another loss of the policy, such as one that the surrogate only has the gradient of. */
    public UpdateReport withPolicyLoss(double loss) {
        return new UpdateReport(
                loss,
                valueLoss,
                klLoss,
                totalLoss - policyLoss + loss,
                clipFraction,
                valueClipFraction,
                updateKlK1,
                updateKlK2,
                updateKlK3,
                ratioMean,
                entropy,
                referenceKl,
                gradientNorm,
                tokens,
                outcome);
    }

    /** Whether an optimiser step was taken. */
    public enum Outcome {
        TAKEN,
        /** Some gradient was NaN or infinite. */
        HELD_BACK_NOT_FINITE,
        /** The reference KL was over its hard limit. */
        HELD_BACK_OVER_LIMIT
    }

    /**
     * KL(policy ‖ reference) on samples of the policy before the update: k3 of each token times its importance ratio,
     * which is unbiased on the sampled prefixes and never negative.
     *
     * @param natsPerToken mean over counted tokens
     * @param natsPerSequence mean over sequences with a counted token of the sum over their counted tokens
     */
    public record ReferenceKl(double natsPerToken, double natsPerSequence) {}
}
