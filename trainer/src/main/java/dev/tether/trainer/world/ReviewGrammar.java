package dev.tether.trainer.world;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The world of the built-in model: a probabilistic grammar of short customer reviews, of this project's own writing.
 *
 * <p>A review has two hidden facts, a product and the {@link Stance} of its writer, both drawn evenly; every sentence
 * agrees with both. The rules stand in {@code reviews.grammar}. The language is finite and every probability exact, so
 * a model of it can be compared with the truth: see {@link #logProbability}.
 */
public final class ReviewGrammar {
    private static final String RESOURCE = "reviews.grammar";

    private final GrammarFile file;
    private final Map<Product, Map<Stance, ReviewPlan>> plans = new LinkedHashMap<>();

    /** A review and its hidden facts. */
    public record Review(String product, Stance stance, String text) {}

    private ReviewGrammar(GrammarFile file) {
        this.file = file;
        for (Product product : file.products()) {
            Map<Stance, ReviewPlan> byStance = new EnumMap<>(Stance.class);
            for (Stance stance : Stance.values()) {
                byStance.put(stance, new ReviewPlan(file, product, stance));
            }
            plans.put(product, byStance);
        }
    }

    /** The grammar that ships with Tether. */
    public static ReviewGrammar standard() {
        try (InputStream in = ReviewGrammar.class.getResourceAsStream(RESOURCE)) {
            return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE, e);
        }
    }

    static ReviewGrammar of(String text) {
        return new ReviewGrammar(new GrammarFile(text.lines().toList()));
    }

    /** Draws one review. The same generator state gives the same review. */
    public Review sample(RandomGenerator random) {
        Product product = file.products().get(random.nextInt(file.products().size()));
        Stance stance = Stance.values()[random.nextInt(Stance.values().length)];
        List<String> words = new ArrayList<>();
        plans.get(product).get(stance).review().sample(random, words);
        return new Review(product.name(), stance, ReviewText.join(words));
    }

    /**
     * Draws distinct prompts: the first parts of openings, which name the product and leave the stance open. Products
     * take turns.
     *
     * @throws IllegalArgumentException when the grammar has fewer than {@code count}
     */
    public List<String> prompts(int count, RandomGenerator random) {
        Set<String> prompts = new LinkedHashSet<>();
        List<Product> products = file.products();
        for (int drawn = 0; prompts.size() < count; drawn++) {
            if (drawn > 100 * count) {
                throw new IllegalArgumentException("the grammar has fewer than " + count + " prompts");
            }
            Product product = products.get(prompts.size() % products.size());
            List<String> words = new ArrayList<>();
            file.phrase("prompt", Scope.of(product, Stance.MIXED)).sample(random, words);
            prompts.add(ReviewText.join(words));
        }
        return List.copyOf(prompts);
    }

    /**
     * Natural logarithm of the probability that {@link #sample} draws exactly this text, summed over products, stances
     * and ways to say it; negative infinity for a text that is no review of this grammar. Its mean over samples is minus
     * the entropy of the language in nats per review, below which no model's loss can fall.
     */
    public double logProbability(String review) {
        PhraseChart chart = new PhraseChart(ReviewText.words(review), PhraseChart.End.FINAL);
        double sum = 0;
        for (Map<Stance, ReviewPlan> byStance : plans.values()) {
            for (ReviewPlan plan : byStance.values()) {
                sum += chart.probability(plan.review());
            }
        }
        return Math.log(sum / (plans.size() * Stance.values().length));
    }

    /** Products in the order of the grammar. */
    public List<String> products() {
        return file.products().stream().map(Product::name).toList();
    }

    List<Topic> topics(String product, Stance stance) {
        Product named = file.products().stream()
                .filter(p -> p.name().equals(product))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the grammar has no product \"" + product + "\""));
        return plans.get(named).get(stance).topics();
    }
}
