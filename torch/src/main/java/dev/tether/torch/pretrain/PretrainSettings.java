package dev.tether.torch.pretrain;

/**
 * How a model is made from scratch.
 *
 * @param vocabularySize tokens at most, special tokens and bytes included
 * @param shape of the network
 * @param course how long and how fast it learns
 * @param seed of the weights and of the order of the documents
 */
public record PretrainSettings(int vocabularySize, ModelShape shape, Course course, long seed) {
    /**
     * AdamW with β1 0.9, β2 0.95, gradients clipped to norm 1; the learning rate rises over the warm-up and falls along
     * half a cosine to 0.
     *
     * @param rows of one step; a row is a document, or the part of one that fits into the context
     * @param learningRate at its peak
     */
    public record Course(int steps, int rows, double learningRate, int warmupSteps) {
        public Course {
            if (steps < 1) {
                throw new IllegalArgumentException("steps = " + steps + ", must be at least 1");
            }
            if (rows < 1) {
                throw new IllegalArgumentException("rows = " + rows + ", must be at least 1");
            }
            if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
                throw new IllegalArgumentException("learning_rate = " + learningRate + ", must be finite and > 0");
            }
            if (warmupSteps < 0 || warmupSteps > steps) {
                throw new IllegalArgumentException("warmup_steps = " + warmupSteps + ", must be in 0.." + steps);
            }
        }
    }
}
