package dev.tether.trainer.model;

/** A loss whose gradient is measured, not descended. */
public sealed interface ProbeLoss {
    /** The very loss of an optimiser step on this minibatch, the penalty included; without the value loss. */
    record Update(Minibatch minibatch, UpdateObjective objective) implements ProbeLoss {}

    /**
     * KL(π ‖ π_ref) of whole responses, mean over counted tokens of the batch (so that it is commensurate with
     * {@link Update}), with its full gradient on these prefixes: Σ_t ∇KL_t + ∇log π(y_t)·Σ_{s&gt;t} KL_s, each KL_t a sum over
     * the vocabulary.
     */
    record SequenceKl(TokenBatch tokens) implements ProbeLoss {}
}
