package dev.tether.trainer.world;

import dev.tether.trainer.world.Phrase.Choice;
import dev.tether.trainer.world.Phrase.Option;
import dev.tether.trainer.world.Phrase.Sequence;
import dev.tether.trainer.world.Product.Aspect;
import dev.tether.trainer.world.Topic.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a review of one product by a writer of one stance goes: an opening, two or three sentences about different
 * things, now and then a cry before or after them, often a verdict, sometimes the stars.
 */
final class ReviewPlan {
    private static final double ASPECT = 1.5;
    private static final double CONTRAST_OF_ALL_PAIRS = 2.0;
    private static final Map<String, Double> SUBJECTS =
            Map.of("function", 2.5, "comparison", 1.0, "lasting", 1.0, "price", 1.0);
    private static final List<String> SUBJECT_NAMES = List.of("function", "comparison", "lasting", "price");
    private static final int FIRST_SUBJECT_BIT = 8;
    private static final int OPENING_BIT = 16;

    private final GrammarFile grammar;
    private final Product product;
    private final Stance stance;
    private final List<Topic> body = new ArrayList<>();
    private final Topic opening;
    private final Topic cry;
    private final Topic verdict;
    private final Topic stars;
    private final Phrase review;

    ReviewPlan(GrammarFile grammar, Product product, Stance stance) {
        this.grammar = grammar;
        this.product = product;
        this.stance = stance;
        addAspects();
        addContrasts();
        addSubjects();
        opening = topic(Place.OPENING, "opening");
        cry = topic(Place.CRY, "cry");
        verdict = topic(Place.VERDICT, "verdict");
        stars = topic(Place.STARS, "stars");
        review = composed();
    }

    /** The whole review. */
    Phrase review() {
        return review;
    }

    /** What its sentences may say. */
    List<Topic> topics() {
        List<Topic> all = new ArrayList<>(List.of(opening, cry, verdict, stars));
        all.addAll(body);
        return all;
    }

    private Phrase composed() {
        Map<String, Phrase> known = new HashMap<>();
        Phrase claims = choice(3, sentences(2, 0, known), 2, sentences(3, 0, known));
        boolean strong = stance == Stance.DELIGHTED || stance == Stance.ANGRY;
        double often = strong ? 2 : 1;
        Phrase middle = new Choice(List.of(
                new Option(7, claims),
                new Option(often, Sequence.of(cry.sentence(), claims)),
                new Option(often, Sequence.of(claims, cry.sentence()))));
        return Sequence.of(
                opening.sentence(),
                middle,
                choice(2, verdict.sentence(), 1, Phrase.EMPTY),
                choice(1, stars.sentence(), 1, Phrase.EMPTY));
    }

    /** {@code count} sentences about things not in {@code said}. */
    private Phrase sentences(int count, int said, Map<String, Phrase> known) {
        if (count == 0) {
            return Phrase.EMPTY;
        }
        String key = count + "/" + said;
        Phrase phrase = known.get(key);
        if (phrase == null) {
            phrase = new Choice(body.stream()
                    .filter(topic -> (topic.claims() & said) == 0)
                    .map(topic -> new Option(
                            topic.weight(),
                            Sequence.of(topic.sentence(), sentences(count - 1, said | topic.claims(), known))))
                    .toList());
            known.put(key, phrase);
        }
        return phrase;
    }

    private void addAspects() {
        for (int i = 0; i < product.aspects().size(); i++) {
            Scope scope = Scope.of(product.aspects().get(i), stance);
            body.add(new Topic(Place.BODY, ASPECT, 1 << i, grammar.phrase("about-aspect", scope)));
        }
    }

    private void addContrasts() {
        List<Aspect> aspects = product.aspects();
        int pairs = aspects.size() * (aspects.size() - 1);
        for (int a = 0; a < aspects.size(); a++) {
            for (int b = 0; b < aspects.size(); b++) {
                Scope scope = Scope.of(aspects.get(a), stance).besides(Scope.of(aspects.get(b), stance));
                if (a != b && grammar.has("contrast", scope)) {
                    Phrase sentence = grammar.phrase("contrast", scope);
                    body.add(new Topic(Place.BODY, CONTRAST_OF_ALL_PAIRS / pairs, 1 << a | 1 << b, sentence));
                }
            }
        }
    }

    private void addSubjects() {
        Scope scope = Scope.of(product, stance);
        for (int i = 0; i < SUBJECT_NAMES.size(); i++) {
            String name = SUBJECT_NAMES.get(i);
            if (grammar.has(name, scope)) {
                Phrase sentence = grammar.phrase(name, scope);
                body.add(new Topic(Place.BODY, SUBJECTS.get(name), 1 << FIRST_SUBJECT_BIT + i, sentence));
            }
        }
    }

    private Topic topic(Place place, String rule) {
        return new Topic(place, 1, 1 << OPENING_BIT + place.ordinal(), grammar.phrase(rule, Scope.of(product, stance)));
    }

    private static Choice choice(double weight, Phrase phrase, double otherWeight, Phrase other) {
        return new Choice(List.of(new Option(weight, phrase), new Option(otherWeight, other)));
    }
}
