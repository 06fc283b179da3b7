package dev.tether.trainer.belt;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects what each group of rows says of the force. The force is a ratio of two means, Σ⟨∇penalty, ∇KL⟩ / Σ⟨∇KL, ∇KL⟩,
 * both products between a group and the others; its standard error is that of a ratio (Cochran, "Sampling Techniques",
 * chapter 6).
 */
final class GroupForces {
    private final List<Double> pulls = new ArrayList<>();
    private final List<Double> squares = new ArrayList<>();
    private double penaltySquares;
    private double rewardSquares;

    /**
     * One more group.
     *
     * @param products of the group's penalty, the rest of its step, the group's ∇KL, and ∇KL of all groups
     * @param share of the tokens that are the group's, which is its share of ∇KL of all groups
     * @param price of a nat per token in the group's loss
     */
    void add(double[][] products, double share, double price) {
        pulls.add((products[0][3] - share * products[0][2]) / price);
        squares.add(products[2][3] - share * products[2][2]);
        penaltySquares += products[0][0];
        rewardSquares += products[1][1];
    }

    ForceReading reading(double klNatsPerToken) {
        double pull = sum(pulls);
        double square = sum(squares);
        double share = Math.sqrt(penaltySquares / rewardSquares);
        if (!(square > 0)) {
            return new ForceReading(Double.NaN, Double.POSITIVE_INFINITY, share, klNatsPerToken);
        }
        double force = pull / square;
        int groups = pulls.size();
        double residuals = 0;
        for (int i = 0; i < groups; i++) {
            double residual = pulls.get(i) - force * squares.get(i);
            residuals += residual * residual;
        }
        double seForce = Math.sqrt(residuals * groups / (groups - 1)) / square;
        return new ForceReading(force, seForce, share, klNatsPerToken);
    }

    private static double sum(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }
}
