package dev.tether.torch.pretrain;

/** Is told how a pretraining goes, on its thread; what it throws ends the pretraining and leaves no model. */
public interface PretrainObserver {
    /** Vocabulary and network are there; the first step is about to be taken. */
    default void started(Start start) {}

    /** A step was taken. */
    default void stepped(Step step) {}

    /**
     * @param documents learned from; {@code heldOut} more are kept for the measure at the end
     * @param tokens of the documents learned from
     * @param vocabulary tokens
     * @param parameters weights of the network
     */
    record Start(int documents, int heldOut, long tokens, int vocabulary, long parameters) {}

    /**
     * @param step counted from 1
     * @param loss mean cross-entropy of the step's tokens, nats per token
     * @param gradientNorm before clipping
     * @param tokens predicted in this step
     */
    record Step(int step, double loss, double learningRate, double gradientNorm, long tokens) {}
}
