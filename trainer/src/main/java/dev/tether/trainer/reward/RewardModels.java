package dev.tether.trainer.reward;

/** Opens the reward models that need a neural network: {@code model:DIR}. The port to whoever can run one. */
@FunctionalInterface
public interface RewardModels {
    /**
     * The model of that name.
     *
     * @throws dev.tether.run.InputException when there is none, or it gives no score
     */
    RewardModel open(String name);
}
