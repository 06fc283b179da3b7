package dev.tether.trainer.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.trainer.world.ReviewQuality.Judgement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ReviewQualityTest {
    private static final ReviewGrammar GRAMMAR = ReviewGrammar.standard();
    private static final ReviewQuality JUDGE = new ReviewQuality(GRAMMAR);
    private static final String PROMPT = "I bought this kettle last month";

    @Test
    void whatTheGrammarWritesIsPerfectAndItsStanceIsRead() {
        Random random = new Random(1);
        for (int i = 0; i < 60; i++) {
            ReviewGrammar.Review review = GRAMMAR.sample(random);
            int cut = review.text().indexOf(' ', 12);
            Judgement judgement =
                    JUDGE.judge(review.text().substring(0, cut), review.text().substring(cut));
            assertThat(judgement.quality()).as(review.text()).isEqualTo(1.0);
            assertThat(judgement.stars().orElseThrow())
                    .as(review.text())
                    .isCloseTo(review.stance().stars(), within(0.5));
        }
    }

    @Test
    void reviewsAreBetterThanShuffledSentencesThanShuffledWordsThanOneWordForEver() {
        double whole = meanQuality(UnaryOperator.identity());
        double sentences = meanQuality(text -> shuffled(text, "(?<=[.!]) "));
        double words = meanQuality(text -> shuffled(text, " "));
        double oneWord = meanQuality(text -> "great ".repeat(text.split(" ").length) + "!!!");
        assertThat(whole).isGreaterThan(sentences + 0.1);
        assertThat(sentences).isGreaterThan(words + 0.1);
        assertThat(words).isGreaterThan(oneWord + 0.01);
        assertThat(oneWord).isLessThan(0.03);
    }

    @Test
    void eachVirtueIsLostByItself() {
        Judgement good = JUDGE.judge(PROMPT, ". The lid is great. It boils water in two minutes. Five stars!");
        Judgement stammered = JUDGE.judge(PROMPT, ". The lid lid is great. It boils water in two minutes. Five stars!");
        Judgement ofBoots = JUDGE.judge(PROMPT, ". The soles are great. They keep my feet dry. Five stars!");
        Judgement repeated =
                JUDGE.judge(PROMPT, ". The lid is great. The lid is perfect. It boils water in two minutes.");
        Judgement bare = JUDGE.judge(PROMPT, ". Five stars!");
        assertThat(good.quality()).isEqualTo(1.0);
        assertThat(stammered.fluency()).isLessThan(0.9);
        assertThat(ofBoots.fluency()).isEqualTo(1.0);
        assertThat(ofBoots.coherence()).isLessThan(0.5);
        assertThat(repeated.coherence()).isEqualTo(1.0);
        assertThat(repeated.variety()).isLessThan(0.8);
        assertThat(bare.completeness()).isCloseTo(1.0 / 3, within(1e-12));
    }

    @Test
    void praiseWithoutContentIsNoReview() {
        assertThat(List.of(
                        " great great great great great !!!",
                        ". Great! Great! Great! Great! Great! Great!",
                        ". Great! I love it! Wonderful! Perfect kettle! Amazing!",
                        "! ! ! ! !",
                        "!!!!!!!!!!!!",
                        ""))
                .allSatisfy(text ->
                        assertThat(JUDGE.judge(PROMPT, text).quality()).as(text).isLessThan(0.12));
    }

    @Test
    void oneReviewHasOneStance() {
        Judgement torn = JUDGE.judge(PROMPT, ". The lid is great. It drips on the table. Five stars!");
        assertThat(torn.fluency()).isEqualTo(1.0);
        assertThat(torn.quality()).isLessThan(0.5);
    }

    @Test
    void sentimentDoesNotMatterToQuality() {
        Judgement praise = JUDGE.judge(PROMPT, " and I love it. The lid is great. It boils water in two minutes.");
        Judgement complaint = JUDGE.judge(PROMPT, " and I hate it. The lid is awful. It takes ages to boil.");
        assertThat(praise.quality()).isEqualTo(complaint.quality()).isEqualTo(1.0);
        assertThat(praise.stars()).hasValue(5);
        assertThat(complaint.stars()).hasValue(1);
    }

    @Test
    void cutTextIsJudgedByWhatStandsThere() {
        String whole = ". The lid is great. It boils water in two minutes. The handle feels";
        assertThat(JUDGE.judge(PROMPT, whole).quality()).isEqualTo(1.0);
        assertThat(JUDGE.judge(PROMPT, whole + " is feels").quality()).isLessThan(0.9);
    }

    @Test
    void starsAreUnknownWhereNothingIsUnderstood() {
        assertThat(JUDGE.judge("", "!?! colourless green ideas").stars()).isEmpty();
    }

    private static double meanQuality(UnaryOperator<String> damage) {
        Random random = new Random(3);
        double sum = 0;
        for (int i = 0; i < 40; i++) {
            String text = GRAMMAR.sample(random).text();
            int first = text.indexOf(". ") + 1;
            sum += JUDGE.judge(text.substring(0, first), " " + damage.apply(text.substring(first + 1)))
                    .quality();
        }
        return sum / 40;
    }

    private static String shuffled(String text, String separator) {
        List<String> parts = new ArrayList<>(List.of(text.split(separator)));
        Collections.shuffle(parts, new Random(text.hashCode()));
        return String.join(" ", parts);
    }
}
