package dev.tether.trainer.world;

import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The pairs of neighbouring words that the sentences of a collection may hold, the edges of a sentence included. */
final class PhrasePairs {
    private static final String EDGE = "";
    private static final Edges NOTHING = new Edges(Set.of(), Set.of(), Emptiness.POSSIBLE);

    private final Set<Pair> pairs = new HashSet<>();
    private final Map<Phrase, Edges> known = new IdentityHashMap<>();

    private record Pair(String left, String right) {}

    private enum Emptiness {
        POSSIBLE,
        IMPOSSIBLE
    }

    /** The words that sayings of a phrase begin and end with, and whether it may say nothing. */
    private record Edges(Set<String> first, Set<String> last, Emptiness emptiness) {
        boolean mayBeEmpty() {
            return emptiness == Emptiness.POSSIBLE;
        }
    }

    PhrasePairs(Collection<Phrase> sentences) {
        for (Phrase sentence : sentences) {
            Edges edges = edges(sentence);
            join(Set.of(EDGE), edges.first());
            join(edges.last(), Set.of(EDGE));
        }
    }

    /**
     * Known pairs among the neighbours from word {@code start} on, each counted once however often it occurs, over the
     * number of those neighbours; 0..1.
     */
    double share(List<String> sentence, int start) {
        Set<Pair> found = new HashSet<>();
        for (int i = start; i <= sentence.size(); i++) {
            String left = i == 0 ? EDGE : sentence.get(i - 1);
            String right = i == sentence.size() ? EDGE : sentence.get(i);
            found.add(new Pair(left, right));
        }
        found.retainAll(pairs);
        return (double) found.size() / (sentence.size() + 1 - start);
    }

    private Edges edges(Phrase phrase) {
        if (phrase instanceof Phrase.Word word) {
            return new Edges(Set.of(word.text()), Set.of(word.text()), Emptiness.IMPOSSIBLE);
        }
        Edges edges = known.get(phrase);
        if (edges == null) {
            edges = phrase instanceof Phrase.Sequence sequence
                    ? sequenceEdges(sequence)
                    : choiceEdges((Phrase.Choice) phrase);
            known.put(phrase, edges);
        }
        return edges;
    }

    private Edges sequenceEdges(Phrase.Sequence sequence) {
        Edges whole = NOTHING;
        for (Phrase part : sequence.parts()) {
            Edges next = edges(part);
            join(whole.last(), next.first());
            whole = new Edges(
                    whole.mayBeEmpty() ? union(whole.first(), next.first()) : whole.first(),
                    next.mayBeEmpty() ? union(whole.last(), next.last()) : next.last(),
                    whole.mayBeEmpty() ? next.emptiness() : Emptiness.IMPOSSIBLE);
        }
        return whole;
    }

    private Edges choiceEdges(Phrase.Choice choice) {
        Set<String> first = new HashSet<>();
        Set<String> last = new HashSet<>();
        Emptiness emptiness = Emptiness.IMPOSSIBLE;
        for (Phrase.Option option : choice.options()) {
            Edges edges = edges(option.phrase());
            first.addAll(edges.first());
            last.addAll(edges.last());
            emptiness = edges.mayBeEmpty() ? Emptiness.POSSIBLE : emptiness;
        }
        return new Edges(first, last, emptiness);
    }

    private void join(Set<String> lefts, Set<String> rights) {
        for (String left : lefts) {
            rights.forEach(right -> pairs.add(new Pair(left, right)));
        }
    }

    private static Set<String> union(Set<String> a, Set<String> b) {
        Set<String> all = new HashSet<>(a);
        all.addAll(b);
        return all;
    }
}
