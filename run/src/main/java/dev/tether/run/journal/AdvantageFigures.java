package dev.tether.run.journal;

/**
 * Advantages over counted tokens, before they are standardised.
 *
 * @param mean of the advantages
 * @param sd with n − 1 below
 */
public record AdvantageFigures(double mean, double sd) {
    public AdvantageFigures {
        Figures.finite("advantage.mean", mean);
        Figures.finite("advantage.sd", sd);
    }
}
