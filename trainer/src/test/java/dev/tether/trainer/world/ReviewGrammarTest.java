package dev.tether.trainer.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.trainer.world.ReviewGrammar.Review;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReviewGrammarTest {
    static final Scope SCOPE = new Scope(Set.of("one", "pleased"), Map.of("product", "kettle"), null);
    private static final ReviewGrammar GRAMMAR = ReviewGrammar.standard();

    @Test
    void sameSeedGivesTheSameReviews() {
        assertThat(sample(7, 50)).isEqualTo(sample(7, 50)).isNotEqualTo(sample(8, 50));
    }

    @Test
    void everySampleHasAProbability() {
        assertThat(sample(1, 200))
                .allSatisfy(review -> assertThat(GRAMMAR.logProbability(review.text()))
                        .isNegative()
                        .isFinite());
    }

    @Test
    void textThatIsNoReviewHasProbabilityZero() {
        String review = sample(1, 1).get(0).text();
        assertThat(Stream.of("", "Great!", review + " " + review, review.replaceFirst(" ", "  "), review + "!"))
                .allSatisfy(text -> assertThat(GRAMMAR.logProbability(text)).isEqualTo(Double.NEGATIVE_INFINITY));
    }

    @Test
    void reviewsAgreeWithTheirProductInNumber() {
        assertThat(sample(2, 3000))
                .extracting(Review::text)
                .allSatisfy(text -> assertThat(text)
                        .doesNotContainPattern("\\bThey (is|was|has|keeps|looks)\\b")
                        .doesNotContainPattern("\\bIt (are|were|have|keep|look)\\b")
                        .doesNotContainPattern("\\bthis (boots|gloves|knives|headphones)\\b")
                        .doesNotContainPattern("\\bthese (kettle|lamp|coffee|desk)\\b"));
    }

    @Test
    void reviewsAreShortAndTheirWordsFew() {
        List<Review> reviews = sample(3, 20_000);
        Set<String> words = new TreeSet<>();
        reviews.forEach(
                review -> words.addAll(List.of(review.text().toLowerCase().split("[ .,!]+"))));
        assertThat(reviews.stream()
                        .mapToInt(r -> r.text().split(" ").length)
                        .average()
                        .orElseThrow())
                .isBetween(28.0, 35.0);
        assertThat(words).hasSizeBetween(350, 410);
    }

    @Test
    void promptsAreDistinctAndLeaveTheStanceOpen() {
        List<String> prompts = GRAMMAR.prompts(360, new Random(11));
        assertThat(prompts).hasSize(360).doesNotHaveDuplicates();
        for (String prompt : prompts) {
            String product = GRAMMAR.products().stream()
                    .filter(ReviewText.words(prompt)::contains)
                    .findFirst()
                    .orElseThrow();
            PhraseChart chart = new PhraseChart(ReviewText.words(prompt), PhraseChart.End.CUT);
            for (Stance stance : Stance.values()) {
                assertThat(GRAMMAR.topics(product, stance))
                        .as(prompt)
                        .anyMatch(topic -> chart.probability(topic.sentence()) > 0);
            }
        }
    }

    @Test
    void moreTagsWinAndAnEvenMatchIsRefused() {
        GrammarFile file = file("x", "  plain", "x @one", "  tagged", "y @one", "  a", "y @pleased", "  b");
        assertThat(new PhraseChart(List.of("tagged"), PhraseChart.End.FINAL).probability(file.phrase("x", SCOPE)))
                .isEqualTo(1);
        assertThatThrownBy(() -> file.phrase("y", SCOPE)).hasMessageContaining("two rules \"y\"");
    }

    static GrammarFile file(String... lines) {
        return new GrammarFile(List.of(lines));
    }

    private static List<Review> sample(long seed, int count) {
        Random random = new Random(seed);
        return Stream.generate(() -> GRAMMAR.sample(random)).limit(count).toList();
    }
}
