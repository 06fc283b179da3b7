package dev.tether.core.stats;

import dev.tether.core.law.Require;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a model of preferences means what it says. A margin is r(chosen) − r(rejected), so that the model holds the chosen
 * answer for the better one with probability σ(margin). Its confidence in whichever answer it prefers is
 * c = σ(|margin|) ∈ [½, 1), and it is right where the margin is positive; a margin of 0 is half right.
 *
 * @param bins of confidence, equally wide, ascending, those without a pair left out
 * @param expectedError Σ over bins of their share of pairs times |accuracy − mean confidence|: the expected calibration
 *     error (Naeini et al. 2015; Guo et al. 2017)
 */
public record Calibration(List<Bin> bins, double expectedError) {
    /**
     * The pairs of like confidence.
     *
     * @param confidence their mean confidence
     * @param accuracy in how many of them the preferred answer was the chosen one
     */
    public record Bin(double confidence, Proportion accuracy) {}

    public Calibration {
        bins = List.copyOf(bins);
    }

    /**
     * From the margins of pairs.
     *
     * @param margins at least one, finite
     * @param count how many bins ½ to 1 is cut into; ≥ 1
     */
    public static Calibration of(double[] margins, int count) {
        Require.atLeast("margins", margins.length, 1);
        Require.atLeast("bins", count, 1);
        double[] confidences = new double[count];
        double[] right = new double[count];
        int[] pairs = new int[count];
        for (double margin : margins) {
            double confidence = Logistic.sigma(Math.abs(Require.finite("margin", margin)));
            int bin = Math.min(count - 1, (int) ((confidence - 0.5) * 2 * count));
            confidences[bin] += confidence;
            right[bin] += correctness(margin);
            pairs[bin]++;
        }
        List<Bin> bins = new ArrayList<>();
        double error = 0;
        for (int i = 0; i < count; i++) {
            if (pairs[i] > 0) {
                Bin bin = new Bin(confidences[i] / pairs[i], new Proportion(right[i], pairs[i]));
                bins.add(bin);
                error += (double) pairs[i]
                        / margins.length
                        * Math.abs(bin.accuracy().share() - bin.confidence());
            }
        }
        return new Calibration(bins, error);
    }

    /** In how many pairs the chosen answer has the higher score. */
    public static Proportion accuracy(double[] margins) {
        double right = 0;
        for (double margin : margins) {
            right += correctness(margin);
        }
        return new Proportion(right, margins.length);
    }

    private static double correctness(double margin) {
        return margin > 0 ? 1 : margin == 0 ? 0.5 : 0;
    }
}
