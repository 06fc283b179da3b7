package dev.tether.core.stats;

/**
 * Means and standard errors where the tokens of one sequence depend on one another, so that the sequence and not the
 * token is the independent draw. Sees one pair per sequence: the sum of its values and how many there were. Immutable,
 * mergeable.
 *
 * <p>Two figures come out: the mean of the sums (per sequence), and the ratio Σsum / Σcount (per token) with its
 * linearised, cluster-robust error √(S/(S−1) · Σ(sumᵢ − ratio · countᵢ)²) / Σcount (Cochran, "Sampling Techniques",
 * chapter 6). An error that cannot be known, from one sequence or from infinite sums, is +∞, never NaN.
 *
 * @param sequences S, pairs seen
 * @param meanSum mean of the sums
 * @param meanCount mean of the counts
 * @param m2Sum Σ(sum − meanSum)²
 * @param m2Count Σ(count − meanCount)²
 * @param coMoment Σ(sum − meanSum)(count − meanCount)
 */
public record ClusteredError(
        long sequences, double meanSum, double meanCount, double m2Sum, double m2Count, double coMoment) {
    /** Nothing seen yet. */
    public static final ClusteredError EMPTY = new ClusteredError(0, 0, 0, 0, 0, 0);

    /** With one sequence more: the sum of its values and their number. */
    public ClusteredError plus(double sum, long count) {
        long n = sequences + 1;
        double deltaSum = sum - meanSum;
        double deltaCount = count - meanCount;
        double newMeanSum = RunningMean.towards(meanSum, sum, 1, n);
        double newMeanCount = meanCount + deltaCount / n;
        return new ClusteredError(
                n,
                newMeanSum,
                newMeanCount,
                m2Sum + deltaSum * (sum - newMeanSum),
                m2Count + deltaCount * (count - newMeanCount),
                coMoment + deltaSum * (count - newMeanCount));
    }

    /** With all sequences of the other. */
    public ClusteredError merge(ClusteredError other) {
        if (other.sequences == 0) {
            return this;
        }
        if (sequences == 0) {
            return other;
        }
        long n = sequences + other.sequences;
        double deltaSum = other.meanSum - meanSum;
        double deltaCount = other.meanCount - meanCount;
        double share = (double) other.sequences / n;
        double weight = sequences * share;
        return new ClusteredError(
                n,
                RunningMean.towards(meanSum, other.meanSum, other.sequences, n),
                meanCount + deltaCount * share,
                m2Sum + other.m2Sum + deltaSum * deltaSum * weight,
                m2Count + other.m2Count + deltaCount * deltaCount * weight,
                coMoment + other.coMoment + deltaSum * deltaCount * weight);
    }

    /** Σsum / S: the mean per sequence. */
    public double mean() {
        requireSequences();
        return meanSum;
    }

    /** Standard error of {@link #mean()}; +∞ when unknown. */
    public double standardErrorOfMean() {
        return sequences < 2 ? Double.POSITIVE_INFINITY : knownOrInfinite(m2Sum / (sequences - 1) / sequences);
    }

    /** Σsum / Σcount: the mean per token. */
    public double ratio() {
        requireSequences();
        return meanSum / meanCount;
    }

    /** Standard error of {@link #ratio()}, clustered by sequence; +∞ when unknown. */
    public double standardErrorOfRatio() {
        if (sequences < 2) {
            return Double.POSITIVE_INFINITY;
        }
        double ratio = ratio();
        double residual = Math.max(0, m2Sum - 2 * ratio * coMoment + ratio * ratio * m2Count);
        return knownOrInfinite(residual / (sequences - 1) / sequences) / meanCount;
    }

    private void requireSequences() {
        if (sequences == 0) {
            throw new IllegalArgumentException("no sequence was counted: a mean needs at least one");
        }
    }

    static double knownOrInfinite(double variance) {
        return Double.isNaN(variance) ? Double.POSITIVE_INFINITY : Math.sqrt(variance);
    }
}
