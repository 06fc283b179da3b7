package dev.tether.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.trainer.model.StopReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LexiconTest {
    private static final Lexicon FACES = Lexicon.parse(
            "faces",
            List.of("# a comment", "", "great\t3.1", "xD\t2.8", ":)\t2.0", ":-)\t1.3", ":D\t2.3", "don't\t-1"));

    @Test
    void wordsKeepInnerApostrophesAndHyphens() {
        assertThat(tokens("Don't buy this well-made thing, -really-"))
                .containsExactly("Don't", "buy", "this", "well-made", "thing", ",", "-", "really", "-");
    }

    @Test
    void everySignIsATokenOfItsOwn() {
        assertThat(tokens("wow!!! (5€)")).containsExactly("wow", "!", "!", "!", "(", "5", "€", ")");
    }

    @Test
    void emoticonsAreFoundAloneAndBehindWordsButNeverCutOne() {
        assertThat(tokens("xD great:-) :Dog :D")).containsExactly("xD", "great", ":-)", ":", "Dog", ":D");
    }

    @Test
    void letterCaseAndCurlyApostrophesAreIgnored() {
        assertThat(FACES.valence("GREAT")).isEqualTo(3.1);
        assertThat(FACES.valence("don’t")).isEqualTo(-1);
        assertThat(FACES.valence("unheard")).isZero();
    }

    @Test
    void theScoreIsTheMeanOverAllTokens() {
        assertThat(score(FACES, "a great thing :)")).isCloseTo((3.1 + 2.0) / 4, within(1e-15));
        assertThat(score(FACES, "  ")).isZero();
    }

    @Test
    void theBuiltInListLovesPraiseEmphasisAndExclamationMarks() {
        Lexicon builtIn = Lexicon.builtIn();
        double plain = score(builtIn, "The chair is good.");
        assertThat(plain).isPositive();
        assertThat(score(builtIn, "The chair is good!")).isGreaterThan(plain);
        assertThat(score(builtIn, "The chair is absolutely good.")).isGreaterThan(plain);
        assertThat(score(builtIn, "amazing amazing amazing!")).isGreaterThan(2.5);
        assertThat(score(builtIn, "The chair is terrible.")).isNegative();
    }

    @Test
    void theVaderFileIsReadWhole() {
        Path file = Path.of(System.getProperty("tether.shared"), "reward", "vader", "vader_lexicon.txt");
        assumeTrue(Files.exists(file), "the VADER lexicon is not here: " + file);
        Lexicon vader = Lexicon.read(file);
        assertThat(vader.size()).isGreaterThan(7000);
        assertThat(vader.valence("good")).isEqualTo(1.9);
        assertThat(score(vader, "It was a great day :)")).isCloseTo((3.1 + 2.0) / 6, within(1e-15));
    }

    private static List<String> tokens(String text) {
        return new LexiconTokens(FACES).of(text);
    }

    private static double score(Lexicon lexicon, String response) {
        Episode episode = new Episode("", response, new int[0], new int[0], StopReason.ENDED);
        return new LexiconReward(lexicon).score(List.of(episode))[0];
    }
}
