package dev.tether.trainer.model;

/**
 * What one optimiser step did; every mean is over counted tokens of the minibatch.
 *
 * @param policyLoss clipped surrogate, before weighting
 * @param valueLoss clipped squared error (with its factor ½), before weighting
 * @param totalLoss policyLoss + valueCoef · valueLoss − entropyCoef · entropy
 * @param clipFraction share of tokens where the policy clip bites, 0..1
 * @param valueClipFraction share of tokens where the value clip bites, 0..1
 * @param updateKlK1 mean of logprobs − newLogprobs: k1 of KL(old ‖ new), nats per token
 * @param updateKlK2 mean of ½(newLogprobs − logprobs)²: k2, nats per token
 * @param updateKlK3 mean of e^x − 1 − x, x = newLogprobs − logprobs: k3 of KL(old ‖ new), nats per token
 * @param ratioMean mean importance ratio
 * @param entropy nats, exact mean entropy of the new policy
 * @param gradientNorm global L2 norm before clipping
 * @param tokens counted tokens
 */
public record UpdateReport(
        double policyLoss,
        double valueLoss,
        double totalLoss,
        double clipFraction,
        double valueClipFraction,
        double updateKlK1,
        double updateKlK2,
        double updateKlK3,
        double ratioMean,
        double entropy,
        double gradientNorm,
        long tokens) {}
