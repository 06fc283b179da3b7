package dev.tether.cli.kl;

import dev.tether.core.kl.LogprobPair;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One row of logprobs.
 *
 * @param line in its file, from 1
 * @param pair of one sequence, [1][T]
 * @param score lands on the last counted token
 * @param tokenRewards [T] one reward per token; length 0 where the row gives none
 * @param top the likeliest tokens of each position; empty where the row does not give them
 */
record LogprobRow(int line, LogprobPair pair, OptionalDouble score, double[] tokenRewards, Optional<TopLogprobs> top) {
    boolean isRewarded() {
        return score.isPresent() || tokenRewards.length > 0;
    }
}
