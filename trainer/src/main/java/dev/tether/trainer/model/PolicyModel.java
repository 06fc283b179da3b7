package dev.tether.trainer.model;

import java.io.IOException;
import java.nio.file.Path;

/** The model being trained, its value function included. Not thread-safe. */
public interface PolicyModel extends AutoCloseable {
    /**
     * Answers each prompt once. The same prompts, sampling, seed and weights give the same tokens.
     *
     * @param prompts [B][P] token ids, ragged
     * @throws IllegalArgumentException when a prompt plus {@code maxNewTokens} exceeds {@link #contextLength()}
     */
    Generation generate(int[][] prompts, Sampling sampling, long seed);

    /** Log-probabilities, entropies and values of given responses; {@code temperature} as in {@link ReferenceModel}. */
    Evaluation evaluate(TokenBatch batch, double temperature);

    /** The values alone, as {@link #evaluate} has them up to rounding; nothing is computed where there are none. */
    double[][] values(TokenBatch batch);

    /**
     * One optimiser step on one minibatch: forward and backward in microbatches, gradient clipping, AdamW. The result
     * does not depend on the microbatch size beyond rounding. The step is held back, and the weights stay to the bit,
     * where a gradient is not finite or the reference KL of the minibatch is over the objective's limit.
     *
     * @param temperature as in {@link #evaluate}
     * @param learningRate of this step
     */
    UpdateReport update(Minibatch minibatch, UpdateObjective objective, double temperature, double learningRate);

    /** Positions the model can attend to, prompt and response together. */
    int contextLength();

    /** Writes weights, value function and optimiser state into an existing empty directory. */
    void saveTrainingState(Path directory) throws IOException;

    /** Restores bit for bit what {@link #saveTrainingState} wrote. */
    void restoreTrainingState(Path directory) throws IOException;

    /** What a policy writes of itself when it has been trained. */
    enum ExportKind {
        /** A Hugging Face model directory: config.json, model.safetensors, tokenizer files. */
        MODEL,
        /** An adapter in the layout of PEFT, which is nothing without the model it started from. */
        ADAPTER
    }

    /** What {@link #export} writes. */
    default ExportKind exportKind() {
        return ExportKind.MODEL;
    }

    /** Writes the policy, as {@link #exportKind} says. */
    void export(Path directory) throws IOException;

    @Override
    void close();
}
