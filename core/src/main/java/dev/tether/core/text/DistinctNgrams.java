package dev.tether.core.text;

import dev.tether.core.law.Require;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Distinct-n: different n-grams of tokens as a share of all n-grams of a batch (Li et al., "A Diversity-Promoting
 * Objective Function", 2016). 1 = none comes twice. It falls with the number of tokens, so only batches of like size
 * compare.
 */
public final class DistinctNgrams {
    private DistinctNgrams() {}

    /**
     * Over all responses together; an n-gram does not reach from one response into the next.
     *
     * @param responses token ids of each response, without padding
     * @param n tokens of an n-gram, ≥ 1
     * @return in (0, 1]; empty where no response has n tokens
     */
    public static OptionalDouble share(List<int[]> responses, int n) {
        Require.atLeast("n", n, 1);
        Set<List<Integer>> distinct = new HashSet<>();
        long all = 0;
        for (int[] response : responses) {
            for (int i = 0; i + n <= response.length; i++) {
                distinct.add(Arrays.stream(response, i, i + n).boxed().toList());
                all++;
            }
        }
        return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) distinct.size() / all);
    }
}
