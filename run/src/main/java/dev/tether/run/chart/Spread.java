package dev.tether.run.chart;

/** Labels on a line that must not lie on each other. */
final class Spread {
    private Spread() {}

    /**
     * Positions at least {@code gap} apart, each as near to its wish as the order allows.
     *
     * @param wished ascending
     */
    static double[] apart(double[] wished, double gap, double low, double high) {
        double[] placed = wished.clone();
        for (int i = 0; i < placed.length; i++) {
            double least = i == 0 ? low : placed[i - 1] + gap;
            placed[i] = Math.max(placed[i], least);
        }
        for (int i = placed.length - 1; i >= 0; i--) {
            double most = i == placed.length - 1 ? high : placed[i + 1] - gap;
            placed[i] = Math.min(placed[i], most);
        }
        return placed;
    }
}
