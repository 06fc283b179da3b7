package dev.tether.cli.kl;

import dev.tether.core.kl.LogprobPair;
import java.util.OptionalDouble;

/**
 * One row of logprobs.
 *
 * @param line in its file, from 1
 * @param pair of one sequence, [1][T]
 * @param score lands on the last counted token
 * @param tokenRewards [T] one reward per token; length 0 where the row gives none
 */
record LogprobRow(int line, LogprobPair pair, OptionalDouble score, double[] tokenRewards) {
    boolean isRewarded() {
        return score.isPresent() || tokenRewards.length > 0;
    }
}
