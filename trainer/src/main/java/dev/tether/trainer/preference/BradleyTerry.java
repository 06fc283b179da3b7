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
 * concave, so there is one answer; it is climbed with Nesterov's steps.
 */
public final class BradleyTerry {
    private static final int ITERATIONS = 400;

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
        List<int[]> words = new ArrayList<>();
        List<double[]> differences = new ArrayList<>();
        double steepest = 0;
        for (PreferencePair pair : pairs) {
            Map<String, Integer> difference = difference(pair);
            difference.keySet().forEach(word -> index.putIfAbsent(word, index.size()));
            words.add(difference.keySet().stream().mapToInt(index::get).toArray());
            double[] counts = difference.values().stream()
                    .mapToDouble(Integer::doubleValue)
                    .toArray();
            differences.add(counts);
            for (double count : counts) {
                steepest += count * count / 4; // the logistic's second derivative is at most a quarter
            }
        }
        double[] weights = climb(index.size(), words, differences, 1 / (steepest + decay));
        Map<String, Double> byWord = new LinkedHashMap<>();
        index.forEach((word, i) -> byWord.put(word, weights[i]));
        return new PreferenceReward(byWord);
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

    private double[] climb(int size, List<int[]> words, List<double[]> differences, double safeStep) {
        double[] weights = new double[size];
        double[] ahead = new double[size];
        // the bound on the curvature is loose by about the number of pairs that share no word
        double step = safeStep * 20;
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double[] gradient = gradient(ahead, words, differences);
            double momentum = iteration / (iteration + 3.0);
            for (int i = 0; i < size; i++) {
                double next = ahead[i] + step * gradient[i];
                ahead[i] = next + momentum * (next - weights[i]);
                weights[i] = next;
            }
        }
        return weights;
    }

    private double[] gradient(double[] weights, List<int[]> words, List<double[]> differences) {
        double[] gradient = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            gradient[i] = -decay * weights[i];
        }
        for (int p = 0; p < words.size(); p++) {
            int[] at = words.get(p);
            double[] counts = differences.get(p);
            double margin = 0;
            for (int k = 0; k < at.length; k++) {
                margin += counts[k] * weights[at[k]];
            }
            double surprise = 1 / (1 + Math.exp(margin));
            for (int k = 0; k < at.length; k++) {
                gradient[at[k]] += surprise * counts[k];
            }
        }
        return gradient;
    }
}
