package dev.tether.trainer.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PairReaderTest {
    private static final int STOP = 2;
    private static final int BEGIN = 1;

    /** A letter is a token, but a space and the letter after it are one; a token begins each text. */
    private static final class Letters implements Tokenizer {
        @Override
        public int[] encode(String text) {
            List<Integer> ids = new ArrayList<>(List.of(BEGIN));
            for (int i = 0; i < text.length(); i++) {
                boolean spaced = text.charAt(i) == ' ' && i + 1 < text.length();
                ids.add(spaced ? 1000 + text.charAt(++i) : text.charAt(i));
            }
            return ids.stream().mapToInt(Integer::intValue).toArray();
        }

        @Override
        public String decode(int[] ids) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String tokenText(int id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int vocabularySize() {
            return 2000;
        }
    }

    private static PairReader reader(int maxLength, int... stopIds) {
        return new PairReader(
                new AnswerReader(new Letters(), AnswerReader.Stops.of(stopIds), Optional.empty()), maxLength);
    }

    private static TokenPair read(PreferencePair pair, StopReason end, int maxLength) {
        return reader(maxLength, STOP)
                .read(List.of(new PreferenceRow(pair, end, "here")))
                .pairs()
                .get(0);
    }

    @Test
    void anAnswerThatEndedHasTheStopTokenAndOneThatWasCutHasNot() {
        TokenPair ended = read(new PreferencePair("pq", "a", "bb"), StopReason.ENDED, 99);
        assertThat(ended.prompt()).containsExactly(BEGIN, 'p', 'q');
        assertThat(ended.chosen()).containsExactly('a', STOP);
        assertThat(ended.rejectedText()).containsExactly(BEGIN, 'p', 'q', 'b', 'b', STOP);
        TokenPair cut = read(new PreferencePair("pq", "a", "bb"), StopReason.TRUNCATED, 99);
        assertThat(cut.chosenText()).containsExactly(BEGIN, 'p', 'q', 'a');
    }

    @Test
    void aTokenAcrossTheEndOfThePromptBelongsToTheAnswers() {
        TokenPair pair = read(new PreferencePair("p ", "a", "b"), StopReason.TRUNCATED, 99);
        assertThat(pair.prompt()).containsExactly(BEGIN, 'p');
        assertThat(pair.chosen()).containsExactly(1000 + 'a');
        assertThat(pair.rejected()).containsExactly(1000 + 'b');
    }

    @Test
    void withoutAPromptTheWholeTextIsTheAnswer() {
        TokenPair pair = read(new PreferencePair("", "a", "b"), StopReason.ENDED, 99);
        assertThat(pair.prompt()).isEmpty();
        assertThat(pair.chosen()).containsExactly(BEGIN, 'a', STOP);
    }

    @Test
    void aLongPromptLosesItsBeginningButNotItsFirstToken() {
        TokenPair pair = read(new PreferencePair("pqrs", "aa", "b"), StopReason.ENDED, 6);
        assertThat(pair.prompt()).containsExactly(BEGIN, 'r', 's');
        assertThat(pair.chosen()).containsExactly('a', 'a', STOP);
        assertThat(pair.rejected()).containsExactly('b', STOP);
    }

    @Test
    void anAnswerThatIsTooLongAloneLosesItsEnd() {
        TokenPair pair = read(new PreferencePair("pq", "abcdef", "b"), StopReason.ENDED, 4);
        assertThat(pair.prompt()).containsExactly(BEGIN);
        assertThat(pair.chosen()).containsExactly('a', 'b', 'c');
        assertThat(pair.rejected()).containsExactly('b', STOP);
    }

    @Test
    void pairsThatAreTheSameAfterShorteningAreLeftOutAndCounted() {
        PairReader reader = reader(3);
        PreferenceRow same = new PreferenceRow(new PreferencePair("p", "xya", "xyb"), StopReason.ENDED, "here");
        PreferenceRow other = new PreferenceRow(new PreferencePair("p", "x", "y"), StopReason.ENDED, "there");
        PairReader.Read read = reader.read(List.of(same, other));
        assertThat(read.pairs()).hasSize(1);
        assertThat(read.shortened()).isEqualTo(1);
        assertThat(read.alike()).isEqualTo(1);
        assertThatThrownBy(() -> reader.read(List.of(same)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no pair is left: within max_length = 3 tokens");
    }

    @Test
    void anAnswerWithoutATokenIsRefusedByItsPlace() {
        assertThatThrownBy(() -> read(new PreferencePair("p", "", "b"), StopReason.TRUNCATED, 9))
                .isInstanceOf(InputException.class)
                .hasMessage("here: the chosen answer has no token");
    }
}
