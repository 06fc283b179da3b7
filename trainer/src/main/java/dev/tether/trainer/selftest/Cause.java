package dev.tether.trainer.selftest;

/** Classes of causes for a policy and a reference that disagree before anything was trained. */
public enum Cause {
    DROPOUT("something random is left on, dropout most likely: the same call gives two answers"),
    PADDING("padding or positions: a sequence scored alone and in a batch gets different log-probabilities"),
    BATCH_SHAPE("batch shape: the same sequences in another order or split get different log-probabilities"),
    TEMPERATURE("a temperature is applied on one side only"),
    TOKENIZER("the reference speaks another tokenizer: some ids mean other tokens to it"),
    DTYPE("precision: the reference has rounded weights or a coarser number type"),
    WEIGHTS(
            "the reference has other weights than the policy starts from (another checkpoint or seed, or an adapter left on)"),
    SAMPLER(
            "the sampler's log-probabilities are not the model's own (cache, positions or temperature while generating)");

    private final String sentence;

    Cause(String sentence) {
        this.sentence = sentence;
    }

    /** What it means, for people. */
    public String sentence() {
        return sentence;
    }
}
