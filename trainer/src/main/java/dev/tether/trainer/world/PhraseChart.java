package dev.tether.trainer.world;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a stretch of words against phrases: which it can be a saying of, and with what probability, summed over all the
 * ways to read it (the inside algorithm). One chart serves many phrases over the same words; what they share is read
 * once.
 */
final class PhraseChart {
    /** What the end of the words means to a phrase that wants more. */
    enum End {
        /** The text is over: the phrase does not match. */
        FINAL,
        /** The text was cut here: the rest of the phrase is granted. */
        CUT
    }

    private static final double[] NOTHING = new double[0];

    private final List<String> words;
    private final End end;
    private final PhraseStarts starts;
    private final Map<Phrase, double[][]> read = new IdentityHashMap<>();

    PhraseChart(List<String> words, End end) {
        this(words, end, PhraseStarts.UNKNOWN);
    }

    /** The same readings, sooner: what {@code starts} rules out is not tried. */
    PhraseChart(List<String> words, End end, PhraseStarts starts) {
        this.words = List.copyOf(words);
        this.end = end;
        this.starts = starts;
    }

    /** Probability that the phrase says exactly these words (FINAL), or begins with them (CUT). */
    double probability(Phrase phrase) {
        double[] ends = ends(phrase, 0);
        return ends.length == 0 ? 0 : ends[words.size()];
    }

    /** [e] = probability that the phrase says words start..e; of length 0 where it can say nothing there. */
    private double[] ends(Phrase phrase, int start) {
        if (phrase instanceof Phrase.Word word) {
            return wordEnds(word, start);
        }
        if (start < words.size() && !starts.allow(phrase, words.get(start))) {
            return NOTHING;
        }
        double[][] known = read.computeIfAbsent(phrase, p -> new double[words.size() + 1][]);
        if (known[start] == null) {
            known[start] = phrase instanceof Phrase.Sequence sequence
                    ? sequenceEnds(sequence, start)
                    : choiceEnds((Phrase.Choice) phrase, start);
        }
        return known[start];
    }

    private double[] wordEnds(Phrase.Word word, int start) {
        if (start == words.size()) {
            return end == End.CUT ? single(start) : NOTHING;
        }
        return words.get(start).equals(word.text()) ? single(start + 1) : NOTHING;
    }

    private double[] sequenceEnds(Phrase.Sequence sequence, int start) {
        double[] reached = single(start);
        for (Phrase part : sequence.parts()) {
            double[] next = NOTHING;
            for (int from = start; from < reached.length; from++) {
                if (reached[from] > 0) {
                    next = add(next, reached[from], ends(part, from));
                }
            }
            reached = next;
        }
        return reached;
    }

    private double[] choiceEnds(Phrase.Choice choice, int start) {
        double[] sum = NOTHING;
        for (Phrase.Option option : choice.options()) {
            sum = add(sum, option.probability(), ends(option.phrase(), start));
        }
        return sum;
    }

    private static double[] add(double[] sum, double factor, double[] ends) {
        if (ends.length == 0) {
            return sum;
        }
        double[] result = sum.length == 0 ? new double[ends.length] : sum;
        for (int e = 0; e < ends.length; e++) {
            result[e] += factor * ends[e];
        }
        return result;
    }

    private double[] single(int at) {
        double[] ends = new double[words.size() + 1];
        ends[at] = 1;
        return ends;
    }
}
