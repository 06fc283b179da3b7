package dev.tether.run.journal;

/**
 * What a policy that learns from pairs makes of them, read just before each optimiser step; means over the step's pairs. Its
 * implied reward of an answer is β · (log π − log π_ref) of the whole answer (Rafailov et al. 2023, equation 5).
 *
 * @param accuracy share of the pairs whose chosen answer has the higher implied reward, 0 to 1; equal ones do not count
 * @param margin implied reward of the chosen answer less that of the rejected one, nats
 */
public record PairFigures(double accuracy, double margin) {
    public PairFigures {
        Figures.law(accuracy >= 0 && accuracy <= 1, "pairs.accuracy", accuracy, "between 0 and 1");
        Figures.finite("pairs.margin", margin);
    }
}
