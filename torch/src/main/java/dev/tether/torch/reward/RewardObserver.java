package dev.tether.torch.reward;

/** Is told how a reward model learns, on its thread. */
public interface RewardObserver {
    /** A step was taken. */
    void stepped(Step step);

    /** The held-out pairs were asked. */
    void measured(Measured measured);

    /**
     * @param step counted from 1
     * @param loss mean of the step's pairs, nats per pair
     * @param accuracy share of its pairs whose chosen answer had the higher score before the step, ties half
     * @param gradientNorm before clipping
     * @param tokens of both answers and their prompts
     */
    record Step(int step, double loss, double accuracy, double learningRate, double gradientNorm, long tokens) {}

    /**
     * @param step after which they were asked; 0 before the first
     * @param margins r(chosen) − r(rejected) of each held-out pair, in the order of the pairs
     */
    record Measured(int step, double[] margins) {}
}
