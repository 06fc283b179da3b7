package dev.tether.torch.optim;

/**
 * The numbers of AdamW that do not change from step to step; the learning rate comes with each step.
 *
 * @param beta1 memory of the gradient's mean; in [0, 1)
 * @param beta2 memory of the gradient's square; in [0, 1)
 * @param epsilon added to the root of the second moment; &gt; 0
 * @param weightDecay share of a weight taken off per step and unit of learning rate; applies to every parameter; ≥ 0
 * @param maxGradientNorm global L2 norm that the gradient is shortened to; infinite = no clipping; &gt; 0
 */
public record OptimizerSettings(
        double beta1, double beta2, double epsilon, double weightDecay, double maxGradientNorm) {
    public OptimizerSettings {
        require("adam_beta1", beta1, beta1 >= 0 && beta1 < 1, "in [0, 1)");
        require("adam_beta2", beta2, beta2 >= 0 && beta2 < 1, "in [0, 1)");
        require("adam_epsilon", epsilon, epsilon > 0 && Double.isFinite(epsilon), "finite and > 0");
        require("weight_decay", weightDecay, weightDecay >= 0 && Double.isFinite(weightDecay), "finite and >= 0");
        require("max_grad_norm", maxGradientNorm, maxGradientNorm > 0, "> 0");
    }

    /** β1 0.9, β2 0.999, ε 1e-8, no weight decay, gradients clipped to norm 1. */
    public static OptimizerSettings defaults() {
        return new OptimizerSettings(0.9, 0.999, 1e-8, 0, 1.0);
    }

    /** The same with another bound on the gradient. */
    public OptimizerSettings withMaxGradientNorm(double norm) {
        return new OptimizerSettings(beta1, beta2, epsilon, weightDecay, norm);
    }

    private static void require(String name, double value, boolean holds, String law) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + ", must be " + law);
        }
    }
}
