package dev.tether.trainer.reward;

import dev.tether.run.InputException;

/** Opens the reward models that need a neural network: {@code model:DIR}, {@code onnx:DIR}. The port to whoever can run one. */
@FunctionalInterface
public interface RewardModels {
    /**
     * The model of that name.
     *
     * @throws dev.tether.run.InputException when there is none, or it gives no score
     */
    RewardModel open(String name);

    /**
     * The classifier in ONNX form of that name, which may end in {@code #label=K}.
     *
     * @throws dev.tether.run.InputException when there is none, or it gives no score
     */
    default RewardModel openOnnx(String name) {
        throw new InputException("reward \"onnx:" + name + "\": no ONNX model can be run here");
    }
}
