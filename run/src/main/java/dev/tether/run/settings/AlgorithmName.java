package dev.tether.run.settings;

/** How a batch of scored responses becomes an update of the policy. */
public enum AlgorithmName {
    /** Clipped steps on advantages by a value function. */
    PPO(1),
    /** Clipped steps on scores compared within a group of answers to one prompt. */
    GRPO(8),
    /** Scores less the mean of the other answers to the same prompt. */
    RLOO(4),
    /** Returns, standardised over the batch; less the mean of the group where there is one. */
    REINFORCE_PLUS_PLUS(1),
    /** Pairs that were compared beforehand; the policy's own answers are measured only. */
    DPO(1);

    private final int answersPerPrompt;

    AlgorithmName(int answersPerPrompt) {
        this.answersPerPrompt = answersPerPrompt;
    }

    /** Answers to each prompt where the settings name no number. */
    public int answersPerPrompt() {
        return answersPerPrompt;
    }

    /** True where answers to one prompt are compared, and one alone says nothing. */
    public boolean needsGroups() {
        return this == GRPO || this == RLOO;
    }

    /** True where the policy learns from its own scored answers, and a penalty on them can hold it. */
    public boolean learnsFromItsAnswers() {
        return this != DPO;
    }

    /** True where a value function is learned beside the policy. */
    public boolean hasValueFunction() {
        return this == PPO;
    }
}
