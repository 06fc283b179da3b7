package dev.tether.trainer.rollout;

import dev.tether.run.InputException;

/** A reward gave something that is no score. The user's reward is input: one line, and nothing is trained on it. */
public final class RewardFailedException extends InputException {
    private static final long serialVersionUID = 1L;

    public RewardFailedException(String message) {
        super(message);
    }
}
