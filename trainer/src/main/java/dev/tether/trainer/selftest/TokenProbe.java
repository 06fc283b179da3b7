package dev.tether.trainer.selftest;

import dev.tether.core.kl.ResponseMask;
import dev.tether.trainer.model.Disagreement;
import dev.tether.trainer.model.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Does a disagreement sit on some token ids while the models agree on others? Every id of a batch is read as the only
 * token of a response to a prompt of one token. Where a few ids are mistranslated those disagree and the rest agree to
 * rounding, which no other cause can do.
 */
final class TokenProbe {
    private static final int IDS = 256;
    private static final int CONTEXTS = 3;
    private static final int NAMED = 6;

    /** An id that is mistranslated is off by more than rounded weights are. */
    private static final double FAR = 20;

    private final Function<TokenBatch, double[][]> policy;
    private final Function<TokenBatch, double[][]> reference;
    private final double tolerance;

    TokenProbe(Function<TokenBatch, double[][]> policy, Function<TokenBatch, double[][]> reference, double tolerance) {
        this.policy = policy;
        this.reference = reference;
        this.tolerance = tolerance;
    }

    private record Reading(int id, double disagreement) {}

    /** What speaks for mistranslated ids; empty where nothing does. */
    Optional<String> evidence(TokenBatch batch) {
        List<Integer> ids = ids(batch);
        // the one token of the prompt may be mistranslated itself, and then every id disagrees
        return ids.stream()
                .limit(CONTEXTS)
                .map(context -> readings(context, ids))
                .min(Comparator.comparingInt(readings -> disagreeing(readings).size()))
                .flatMap(this::evidence);
    }

    private Optional<String> evidence(List<Reading> readings) {
        List<Reading> far = disagreeing(readings);
        boolean concentrated = !far.isEmpty()
                && 2 * far.size() <= readings.size()
                && far.get(far.size() / 2).disagreement > FAR * tolerance;
        if (!concentrated) {
            return Optional.empty();
        }
        String named =
                far.stream().limit(NAMED).map(r -> Integer.toString(r.id)).collect(Collectors.joining(", "));
        return Optional.of(String.format(
                "alone, %d of %d token ids get different log-probabilities and the others the same: %s%s",
                far.size(), readings.size(), named, far.size() > NAMED ? ", …" : ""));
    }

    /** Furthest first. */
    private List<Reading> disagreeing(List<Reading> readings) {
        return readings.stream()
                .filter(r -> r.disagreement > tolerance)
                .sorted(Comparator.comparingDouble(r -> -r.disagreement))
                .toList();
    }

    private List<Reading> readings(int context, List<Integer> ids) {
        int[][] prompts = new int[ids.size()][];
        Arrays.fill(prompts, new int[] {context});
        int[][] responses = ids.stream().map(id -> new int[] {id}).toArray(int[][]::new);
        TokenBatch alone = new TokenBatch(prompts, responses, ResponseMask.all(ids.size(), 1));
        double[][] ours = policy.apply(alone);
        double[][] theirs = reference.apply(alone);
        List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            readings.add(new Reading(ids.get(i), Disagreement.at(ours[i][0], theirs[i][0])));
        }
        return readings;
    }

    /** The ids of prompts and responses, in the order in which they come. */
    private static List<Integer> ids(TokenBatch batch) {
        Set<Integer> ids = new LinkedHashSet<>();
        for (int b = 0; b < batch.sequences(); b++) {
            Arrays.stream(batch.prompts()[b]).forEach(ids::add);
            for (int t = 0; t < batch.responseWidth(); t++) {
                if (batch.responseMask().counts(b, t)) {
                    ids.add(batch.responses()[b][t]);
                }
            }
        }
        return ids.stream().limit(IDS).toList();
    }
}
