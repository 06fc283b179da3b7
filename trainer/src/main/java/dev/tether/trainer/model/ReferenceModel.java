package dev.tether.trainer.model;

/** The frozen start of the policy. It is frozen because this type has no way to change it. */
public interface ReferenceModel extends AutoCloseable {
    /**
     * Log-probabilities of the batch's response tokens.
     *
     * @param temperature divides the logits before the softmax; 1 = the model's own distribution; must be > 0
     * @return [B][T] nats, 0 where uncounted
     */
    double[][] logprobs(TokenBatch batch, double temperature);

    @Override
    void close();
}
