package dev.tether.run.journal;

/**
 * One of several rewards in a step.
 *
 * @param source how it is named
 * @param weight of its scores in the sum that is trained on
 * @param mean over responses, before its weight
 * @param sd standard deviation over responses, n − 1
 */
public record ScorePart(String source, double weight, double mean, double sd) {
    public ScorePart {
        Figures.finite("weight", weight);
        Figures.finite("mean", mean);
        Figures.finite("sd", sd);
    }

    /** Of at least one score, each finite. */
    public static ScorePart of(String source, double weight, double[] scores) {
        Distribution all = Distribution.of(scores);
        return new ScorePart(source, weight, all.mean(), all.sd());
    }
}
