package dev.tether.run.ingest;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a sequence says, as far as its trainer tells.
 *
 * @param prompt as text
 * @param response as text
 * @param promptIds token ids of the prompt
 * @param responseIds token ids of the response, one per logprob
 * @param responseTokens text of each token of the response, one per logprob
 */
public record SequenceText(
        Optional<String> prompt,
        Optional<String> response,
        Optional<int[]> promptIds,
        Optional<int[]> responseIds,
        Optional<List<String>> responseTokens) {
    /** Nothing is told. */
    public static final SequenceText NONE =
            new SequenceText(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** Stands for the id of a token that was not told. */
    private static final int UNKNOWN = -1;

    /** Whether a row of samples can be made of it. */
    boolean isTold() {
        return response.isPresent() || responseIds.isPresent() || responseTokens.isPresent();
    }

    /** The response as text; its tokens one after the other where the whole was not told. */
    String responseText() {
        return response.or(() -> responseTokens.map(tokens -> String.join("", tokens)))
                .orElse("");
    }

    /** Ids of the response; where they were not told, numbers that tell the tokens' texts apart, or −1. */
    int[] ids(int length) {
        return responseIds.orElseGet(() -> responseTokens
                .map(tokens -> tokens.stream()
                        .mapToInt(token -> token.hashCode() & Integer.MAX_VALUE)
                        .toArray())
                .orElseGet(() -> {
                    int[] ids = new int[length];
                    Arrays.fill(ids, UNKNOWN);
                    return ids;
                }));
    }
}
