package dev.tether.run.settings;

/**
 * AdamW (Loshchilov and Hutter 2019).
 *
 * @param learningRate at its highest; &gt; 0
 * @param adamBeta1 decay of the mean of gradients; in [0, 1)
 * @param adamBeta2 decay of the mean of squared gradients; in [0, 1)
 * @param adamEpsilon keeps the division finite; &gt; 0
 * @param weightDecay decoupled; ≥ 0
 * @param maxGradNorm global L2 norm the gradients are clipped to; &gt; 0
 * @param schedule of the learning rate after the warm-up
 * @param warmupSteps steps of linear growth from 0; ≥ 0
 */
public record OptimizerSettings(
        @Meaning("highest learning rate") double learningRate,
        @Meaning("decay of the mean of gradients") double adamBeta1,
        @Meaning("decay of the mean of squared gradients") double adamBeta2,
        @Meaning("keeps the division finite") double adamEpsilon,
        @Meaning("decoupled weight decay") double weightDecay,

        @Meaning("gradients are clipped to this global norm")
        double maxGradNorm,

        @Meaning("learning rate after the warm-up: constant | linear (to 0) | cosine (to 0)")
        Schedule schedule,

        @Meaning("steps over which the learning rate grows from 0")
        int warmupSteps) {

    /** Course of the learning rate after the warm-up. */
    public enum Schedule {
        CONSTANT,
        /** Falls in a straight line to 0 at the last step. */
        LINEAR,
        /** Falls along half a cosine to 0 at the last step. */
        COSINE
    }

    public OptimizerSettings {
        Require.positive("optimizer.learning_rate", learningRate);
        Require.that(adamBeta1 >= 0 && adamBeta1 < 1, "optimizer.adam_beta1", adamBeta1, "in [0, 1)");
        Require.that(adamBeta2 >= 0 && adamBeta2 < 1, "optimizer.adam_beta2", adamBeta2, "in [0, 1)");
        Require.positive("optimizer.adam_epsilon", adamEpsilon);
        Require.notNegative("optimizer.weight_decay", weightDecay);
        Require.positive("optimizer.max_grad_norm", maxGradNorm);
        Require.present("optimizer.schedule", schedule);
        Require.atLeast("optimizer.warmup_steps", warmupSteps, 0);
    }

    public static OptimizerSettings defaults() {
        return new OptimizerSettings(4e-5, 0.9, 0.999, 1e-8, 0.0, 1.0, Schedule.CONSTANT, 0);
    }
}
