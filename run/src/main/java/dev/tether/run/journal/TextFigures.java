package dev.tether.run.journal;

import dev.tether.core.text.Compression;
import dev.tether.core.text.DistinctNgrams;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How much the responses of a step differ, within themselves and from each other. All three fall when a policy collapses
 * to a few phrases.
 *
 * @param distinctUnigrams different tokens as a share of all
 * @param distinctBigrams different pairs of neighbouring tokens as a share of all
 * @param compression bytes after deflate as a share of the bytes of the texts
 */
public record TextFigures(OptionalDouble distinctUnigrams, OptionalDouble distinctBigrams, OptionalDouble compression) {
    public TextFigures {
        distinctUnigrams = Figures.known("text.distinct_unigrams", distinctUnigrams);
        distinctBigrams = Figures.known("text.distinct_bigrams", distinctBigrams);
        compression = Figures.known("text.compression", compression);
    }

    /**
     * Of the responses of one step.
     *
     * @param tokens ids of each response, without padding
     * @param texts of the same responses
     */
    public static TextFigures of(List<int[]> tokens, List<String> texts) {
        return new TextFigures(
                DistinctNgrams.share(tokens, 1), DistinctNgrams.share(tokens, 2), Compression.share(texts));
    }
}
