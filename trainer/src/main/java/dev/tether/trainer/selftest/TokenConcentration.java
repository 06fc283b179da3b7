package dev.tether.trainer.selftest;

import dev.tether.trainer.model.TokenBatch;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Does a disagreement begin at a few token ids only? In each sequence everything up to the first occurrence of a
 * mistranslated id agrees, so the ids at which sequences begin to disagree are few, and they agree nowhere as a first.
 */
final class TokenConcentration {
    private static final int FEW = 4;

    private TokenConcentration() {}

    static Optional<String> of(TokenBatch batch, double[][] ours, double[][] theirs, double tolerance) {
        Set<Integer> first = new TreeSet<>();
        Map<Integer, Integer> agreeing = new HashMap<>();
        int agreed = 0;
        for (int b = 0; b < batch.sequences(); b++) {
            boolean same = true;
            for (int t = 0; t < batch.responseWidth() && same; t++) {
                if (batch.responseMask().counts(b, t)) {
                    int id = batch.responses()[b][t];
                    same = Disagreement.at(ours[b][t], theirs[b][t]) <= tolerance;
                    if (same) {
                        agreeing.merge(id, 1, Integer::sum);
                        agreed++;
                    } else {
                        first.add(id);
                    }
                }
            }
        }
        // positions whose prompt already holds a mistranslated id disagree from the start; they say nothing about ids
        first.removeIf(id -> promptExplains(batch, id, ours, theirs, tolerance));
        Set<Integer> contradicted = new HashSet<>(first);
        contradicted.retainAll(agreeing.keySet());
        boolean concentrated =
                !first.isEmpty() && first.size() <= FEW && contradicted.isEmpty() && agreed > first.size();
        return concentrated
                ? Optional.of(agreed + " tokens agree until one of the ids " + first + " comes up")
                : Optional.empty();
    }

    /** True when every sequence that begins to disagree at this id does so at its very first token. */
    private static boolean promptExplains(
            TokenBatch batch, int id, double[][] ours, double[][] theirs, double tolerance) {
        for (int b = 0; b < batch.sequences(); b++) {
            for (int t = 0; t < batch.responseWidth(); t++) {
                if (batch.responseMask().counts(b, t) && Disagreement.at(ours[b][t], theirs[b][t]) > tolerance) {
                    if (batch.responses()[b][t] == id && t > 0) {
                        return false;
                    }
                    break;
                }
            }
        }
        return true;
    }
}
