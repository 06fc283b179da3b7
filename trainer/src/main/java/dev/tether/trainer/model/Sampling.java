package dev.tether.trainer.model;

/**
 * How tokens are chosen.
 *
 * @param maxNewTokens T at most
 * @param temperature divides the logits; 0 means greedy (the most likely token, lowest id on a tie)
 * @param topK only the k most likely tokens; 0 = all
 * @param topP only the smallest set of most likely tokens whose mass reaches p; 1 = all
 * @param stopIds token ids that end a response; empty = the model directory's own (generation_config.json, then
 *     config.json)
 */
public record Sampling(int maxNewTokens, double temperature, int topK, double topP, int[] stopIds) {
    public Sampling {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("max_new_tokens = " + maxNewTokens + ", must be at least 1");
        }
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature = " + temperature + ", must be finite and >= 0");
        }
        if (topK < 0) {
            throw new IllegalArgumentException("top_k = " + topK + ", must be >= 0 (0 = all tokens)");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("top_p = " + topP + ", must be in (0, 1]");
        }
    }

    /** True where some tokens are never drawn. */
    public boolean isTruncated() {
        return topK > 0 || topP < 1;
    }

    /** True where tokens are drawn from all that the policy says at the temperature. */
    public boolean isOfWholeDistribution() {
        return temperature > 0 && !isTruncated();
    }

    public static Sampling greedy(int maxNewTokens) {
        return new Sampling(maxNewTokens, 0, 0, 1, new int[0]);
    }
}
