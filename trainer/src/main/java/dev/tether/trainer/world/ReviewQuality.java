package dev.tether.trainer.world;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The judge of the review world: how far a text is a well-formed review, whatever it thinks of its product.
 *
 * <p>The text is read sentence by sentence with the grammar itself, so what counts is whether the grammar could have
 * written it, not whether it stands on a list. A sentence weighs as much as it has words and marks in the response. It
 * earns its whole weight when it parses; else its weight · ½ · (share of different pairs of neighbours that the grammar
 * knows among all its pairs of neighbours). What a sentence earned is lost again when it does not belong to this review (it is about another
 * product, of another stance than the rest, or out of order) or says a thing a second time. See {@link Judgement}.
 *
 * <p>Prompt and response are read as one text. A last sentence that was cut parses when the grammar could go on from
 * it. Thread-safe.
 */
public final class ReviewQuality {
    private static final double CREDIT_OF_UNREAD = 0.5;

    private final ReviewGrammar grammar;
    private final Map<String, PhrasePairs> pairs = new HashMap<>();
    private final Set<Phrase> sentences = Collections.newSetFromMap(new IdentityHashMap<>());
    private final PhraseStarts starts;

    /**
     * What the judge saw. B, the words and marks of the response, are the measure of the first three.
     *
     * @param fluency what the sentences earned / B, 0..1
     * @param coherence share of it that belongs to this review, 0..1
     * @param variety share of that which is not said a second time, 0..1
     * @param completeness (1 + claims, 2 at most) / 3, where a claim is something new said of the product after the
     *     opening, in a sentence that has its end
     * @param stars what the sentences say the writer thinks, 1 to 5; empty where none of them parses
     */
    public record Judgement(
            double fluency, double coherence, double variety, double completeness, OptionalDouble stars) {
        /** fluency · coherence · variety · completeness, 0..1. */
        public double quality() {
            return fluency * coherence * variety * completeness;
        }
    }

    public ReviewQuality(ReviewGrammar grammar) {
        this.grammar = grammar;
        for (String product : grammar.products()) {
            List<Phrase> all = new ArrayList<>();
            for (Stance stance : Stance.values()) {
                grammar.topics(product, stance).forEach(topic -> all.add(topic.sentence()));
            }
            pairs.put(product, new PhrasePairs(all));
            sentences.addAll(all);
        }
        this.starts = new PhraseStarts(sentences);
    }

    /** Judges {@code response} as what follows {@code prompt}. An empty response has quality 0. */
    public Judgement judge(String prompt, String response) {
        List<ReviewSentence> sentences = ReviewSentence.of(prompt, response);
        ReviewAccount best = null;
        List<Integer> stars = new ArrayList<>();
        for (String product : products(prompt, response)) {
            List<Reading> readings =
                    sentences.stream().map(s -> reading(product, s)).toList();
            for (Stance stance : Stance.values()) {
                ReviewAccount account = account(readings, stance);
                int order = best == null ? 1 : account.compareTo(best);
                if (order > 0) {
                    best = account;
                    stars.clear();
                }
                if (order >= 0 && account.readAny()) {
                    stars.add(stance.stars());
                }
            }
        }
        return best.judgement(stars.stream().mapToInt(Integer::intValue).average());
    }

    /** What one sentence may mean in a review of one product. */
    private record Reading(ReviewSentence sentence, Map<Stance, List<Topic>> topics, double earned) {}

    private Reading reading(String product, ReviewSentence sentence) {
        PhraseChart chart = new PhraseChart(sentence.words(), sentence.end(), starts);
        Map<Stance, List<Topic>> topics = topics(product, chart);
        boolean parses = !topics.isEmpty() || sentences.stream().anyMatch(phrase -> chart.probability(phrase) > 0);
        double share = parses
                ? 1
                : CREDIT_OF_UNREAD
                        * pairs.get(product)
                                .share(sentence.words(), sentence.words().size() - sentence.weight());
        return new Reading(sentence, parses ? topics : null, share * sentence.weight());
    }

    private Map<Stance, List<Topic>> topics(String product, PhraseChart chart) {
        Map<Stance, List<Topic>> topics = new EnumMap<>(Stance.class);
        for (Stance stance : Stance.values()) {
            List<Topic> read = grammar.topics(product, stance).stream()
                    .filter(topic -> chart.probability(topic.sentence()) > 0)
                    .toList();
            if (!read.isEmpty()) {
                topics.put(stance, read);
            }
        }
        return topics;
    }

    private static ReviewAccount account(List<Reading> readings, Stance stance) {
        ReviewAccount account = new ReviewAccount();
        for (Reading reading : readings) {
            if (reading.topics() == null) {
                account.addUnread(reading.sentence(), reading.earned());
            } else {
                account.addRead(reading.sentence(), reading.topics().getOrDefault(stance, List.of()));
            }
        }
        return account;
    }

    /** The products that the prompt names; else those that the response names; else any. */
    private List<String> products(String prompt, String response) {
        for (String text : List.of(prompt, response)) {
            List<String> words = ReviewText.words(text);
            List<String> named =
                    grammar.products().stream().filter(words::contains).toList();
            if (!named.isEmpty()) {
                return named;
            }
        }
        return grammar.products();
    }
}
