package dev.tether.run.ingest;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One step of another trainer.
 *
 * @param step its number; the first is 1
 * @param figures that the trainer knows of its update, by their key in the journal; finite
 * @param sequences at least one, with at least one counted token between them; all or none of them with a gold score
 * @param digest of what was posted
 */
public record IngestedStep(long step, Map<String, Double> figures, List<IngestedSequence> sequences, String digest) {

    /**
     * A step that keeps the laws above.
     *
     * @throws IllegalArgumentException naming what does not
     */
    public IngestedStep {
        require(step >= 1, "step = " + step + ", must be at least 1");
        figures = Map.copyOf(figures);
        sequences = List.copyOf(sequences);
        Set<String> known = IngestedFigures.keys();
        figures.forEach((key, value) -> {
            require(known.contains(key), "figures has \"" + key + "\", must be one of " + String.join(", ", known));
            require(Double.isFinite(value), "figures." + key + " = " + value + ", must be finite");
        });
        require(!sequences.isEmpty(), "sequences = 0, must be at least 1");
        require(
                sequences.stream().anyMatch(sequence -> sequence.length() > 0),
                "no mask counts a token, must be at least one");
        long gold = sequences.stream().filter(s -> s.goldScore().isPresent()).count();
        require(
                gold == 0 || gold == sequences.size(),
                "gold_score is given for " + gold + " of " + sequences.size() + " sequences, must be all or none");
    }

    private static void require(boolean holds, String law) {
        if (!holds) {
            throw new IllegalArgumentException(law);
        }
    }
}
