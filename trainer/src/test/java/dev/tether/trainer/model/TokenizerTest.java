package dev.tether.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TokenizerTest {
    /** Like SentencePiece: each id is a word with a space before it, and the first space of a text is dropped. */
    private static final Tokenizer WORDS = new Tokenizer() {
        @Override
        public int[] encode(String text) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String decode(int[] ids) {
            return Arrays.stream(ids).mapToObj(id -> "w" + id).collect(Collectors.joining(" "));
        }

        @Override
        public String tokenText(int id) {
            return " w" + id;
        }

        @Override
        public int vocabularySize() {
            return 100;
        }
    };

    @Test
    void aResponseKeepsTheSpaceThatPartsItFromItsPrompt() {
        assertThat(WORDS.decodeAfter(new int[] {1, 2}, new int[] {3, 4})).isEqualTo(" w3 w4");
    }
}
