package dev.tether.trainer.preference;

import dev.tether.trainer.reward.PreferenceReward;
import dev.tether.trainer.reward.WordCounts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Fits a reward to preferences (Bradley and Terry 1952; Christiano et al. 2017, equation 1): the weights that make
 * Σ log σ(r(chosen) − r(rejected)) − decay/2 · ‖w‖² greatest, r linear in the numbers of words and marks. The objective is
 * concave, so there is one answer; it is climbed by accelerated steps whose length is searched for (Beck and Teboulle 2009).
 */
public final class BradleyTerry {
    private static final int ITERATIONS = 1000;
    private static final double FLAT = 1e-9;

    private final List<PreferencePair> pairs;
    private final double decay;

    /**
     * A fit yet to be made.
     *
     * @param decay weight of ‖w‖²/2 against the sum over pairs; &gt; 0
     */
    public BradleyTerry(List<PreferencePair> pairs, double decay) {
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("a reward cannot be learned from no preference");
        }
        if (!(decay > 0) || Double.isInfinite(decay)) {
            throw new IllegalArgumentException("decay = " + decay + ", must be finite and > 0");
        }
        this.pairs = List.copyOf(pairs);
        this.decay = decay;
    }

    /** The reward of the greatest likelihood. */
    public PreferenceReward fit() {
        Map<String, Integer> index = new LinkedHashMap<>();
        List<Sparse> differences = new ArrayList<>();
        for (PreferencePair pair : pairs) {
            Map<String, Integer> difference = difference(pair);
            difference.keySet().forEach(word -> index.putIfAbsent(word, index.size()));
            differences.add(new Sparse(
                    difference.keySet().stream().mapToInt(index::get).toArray(),
                    difference.values().stream()
                            .mapToDouble(Integer::doubleValue)
                            .toArray()));
        }
        double[] weights = climb(index.size(), differences);
        Map<String, Double> byWord = new LinkedHashMap<>();
        index.forEach((word, i) -> byWord.put(word, weights[i]));
        return new PreferenceReward(byWord);
    }

    /** Counts of some words: chosen less rejected. */
    private record Sparse(int[] words, double[] counts) {
        double times(double[] weights) {
            double sum = 0;
            for (int k = 0; k < words.length; k++) {
                sum += counts[k] * weights[words[k]];
            }
            return sum;
        }
    }

    /** The share of pairs whose chosen answer {@code reward} scores higher, a tie counting half. */
    public static double accuracy(PreferenceReward reward, List<PreferencePair> pairs) {
        return pairs.stream()
                .mapToDouble(pair -> (1 + Math.signum(reward.score(pair.chosen()) - reward.score(pair.rejected()))) / 2)
                .average()
                .orElse(Double.NaN);
    }

    private static Map<String, Integer> difference(PreferencePair pair) {
        Map<String, Integer> difference = WordCounts.of(pair.chosen());
        WordCounts.of(pair.rejected()).forEach((word, count) -> difference.merge(word, -count, Integer::sum));
        difference.values().removeIf(count -> count == 0);
        return difference;
    }

    private double[] climb(int size, List<Sparse> differences) {
        double[] weights = new double[size];
        double[] ahead = new double[size];
        double momentum = 1;
        double curvature = decay;
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double[] gradient = gradient(ahead, differences);
            double steepness = squared(gradient);
            if (Math.sqrt(steepness) < FLAT * pairs.size()) {
                break;
            }
            double here = value(ahead, differences);
            double[] next = step(ahead, gradient, 1 / curvature);
            // where the objective bends more than was thought, the step was too long
            while (value(next, differences) < here + steepness / (2 * curvature)) {
                curvature *= 2;
                next = step(ahead, gradient, 1 / curvature);
            }
            double nextMomentum = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
            for (int i = 0; i < size; i++) {
                ahead[i] = next[i] + (momentum - 1) / nextMomentum * (next[i] - weights[i]);
                weights[i] = next[i];
            }
            momentum = nextMomentum;
        }
        return weights;
    }

    private static double[] step(double[] from, double[] gradient, double length) {
        double[] to = from.clone();
        for (int i = 0; i < to.length; i++) {
            to[i] += length * gradient[i];
        }
        return to;
    }

    private double value(double[] weights, List<Sparse> differences) {
        double value = -decay / 2 * squared(weights);
        for (Sparse difference : differences) {
            double margin = difference.times(weights);
            value -= Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
        }
        return value;
    }

    private double[] gradient(double[] weights, List<Sparse> differences) {
        double[] gradient = step(new double[weights.length], weights, -decay);
        for (Sparse difference : differences) {
            double surprise = 1 / (1 + Math.exp(difference.times(weights)));
            for (int k = 0; k < difference.words.length; k++) {
                gradient[difference.words[k]] += surprise * difference.counts[k];
            }
        }
        return gradient;
    }

    private static double squared(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return sum;
    }
}
