package dev.tether.trainer.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.trainer.world.PhraseChart.End;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PhraseChartTest {
    /** Two ways to say "a b c", which a chart must add. */
    private static final Phrase AMBIGUOUS = phrase("{a|a b|} {b c|c|b}");

    @Test
    void probabilitiesOfAllSayingsSumToOne() {
        double sum = 0;
        for (String saying : List.of("a b c", "a c", "a b", "a b b c", "a b b", "b c", "c", "b")) {
            sum += probability(saying, End.FINAL);
        }
        assertThat(sum).isCloseTo(1.0, within(1e-12));
        assertThat(probability("a b c", End.FINAL)).isCloseTo(2.0 / 9, within(1e-12));
    }

    @Test
    void probabilityIsTheFrequencyOfSampling() {
        Map<String, Integer> counts = new HashMap<>();
        Random random = new Random(5);
        int draws = 20_000;
        for (int i = 0; i < draws; i++) {
            List<String> words = new ArrayList<>();
            AMBIGUOUS.sample(random, words);
            counts.merge(String.join(" ", words), 1, Integer::sum);
        }
        counts.forEach((saying, count) ->
                assertThat((double) count / draws).isCloseTo(probability(saying, End.FINAL), within(0.012)));
    }

    @Test
    void cutTextParsesWhenThePhraseCouldGoOn() {
        assertThat(probability("a b", End.CUT)).isCloseTo(5.0 / 9, within(1e-12));
        assertThat(probability("c b", End.CUT)).isZero();
    }

    @Test
    void knowingHowPhrasesBeginChangesNoReading() {
        PhraseStarts starts = new PhraseStarts(List.of(AMBIGUOUS));
        String[] alphabet = {"a", "b", "c", "x"};
        for (int code = 0; code < 256; code++) {
            List<String> words = new ArrayList<>();
            for (int i = 0, rest = code; i < 4; i++, rest /= 4) {
                words.add(alphabet[rest % 4]);
                for (End end : End.values()) {
                    assertThat(new PhraseChart(words, end, starts).probability(AMBIGUOUS))
                            .as("%s %s", words, end)
                            .isEqualTo(new PhraseChart(words, end).probability(AMBIGUOUS));
                }
            }
        }
        assertThat(starts.allow(AMBIGUOUS, "b")).isTrue();
        assertThat(starts.allow(AMBIGUOUS, "x")).isFalse();
        assertThat(PhraseStarts.UNKNOWN.allow(AMBIGUOUS, "x")).isTrue();
        assertThat(new PhraseStarts(List.of(Phrase.EMPTY)).allow(Phrase.EMPTY, "x"))
                .isTrue();
    }

    @Test
    void weightsAreShares() {
        Phrase phrase = ReviewGrammarTest.file("x", "  3 a", "  b").phrase("x", ReviewGrammarTest.SCOPE);
        assertThat(new PhraseChart(List.of("a"), End.FINAL).probability(phrase)).isCloseTo(0.75, within(1e-12));
    }

    @Test
    void unreadableNotationIsRefusedByName() {
        assertThatThrownBy(() -> phrase("a {b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"a {b\"");
        assertThatThrownBy(() -> phrase("a ; b")).hasMessageContaining("\"a ; b\"");
    }

    private static double probability(String words, End end) {
        return new PhraseChart(List.of(words.split(" ")), end).probability(AMBIGUOUS);
    }

    private static Phrase phrase(String notation) {
        return new GrammarNotation(notation, name -> {
                    throw new IllegalStateException(name);
                })
                .phrase();
    }
}
