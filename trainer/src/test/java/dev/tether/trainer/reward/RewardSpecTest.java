package dev.tether.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.run.InputException;
import dev.tether.trainer.model.StopReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewardSpecTest {
    /** Named by {@code class:} below. */
    public static final class LetterCount implements RewardModel {
        @Override
        public double[] score(List<Episode> episodes) {
            return episodes.stream().mapToDouble(e -> e.response().length()).toArray();
        }
    }

    /** Cannot be named: its constructor wants something. */
    public static final class NeedsArgument implements RewardModel {
        public NeedsArgument(int argument) {}

        @Override
        public double[] score(List<Episode> episodes) {
            return new double[episodes.size()];
        }
    }

    @TempDir
    private Path directory;

    @Test
    void lengthPeaksAtTheWishedNumberOfTokens() {
        RewardModel reward = RewardSpec.parse("length:4");
        List<Episode> episodes = List.of(ofTokens(0), ofTokens(2), ofTokens(4), ofTokens(8), ofTokens(12));
        assertThat(reward.score(episodes)).containsExactly(0, 0.5, 1, 0, -1);
    }

    @Test
    void regexCountsMatchesAndItsShareWeighsThem() {
        assertThat(score("regex:!+", "wow!!! yes! no")).isEqualTo(2);
        assertThat(score("regex-share:[a-z]+", "ab 1")).isEqualTo(0.5);
        assertThat(score("regex-share:x", "")).isZero();
        assertThat(score("regex:a:b", "a:b a:b")).isEqualTo(2);
    }

    @Test
    void keywordsCountOnceEachAsWholeWordsInAnyCase() {
        assertThat(score("keyword: price, delivery,", "The PRICE is right, the price!"))
                .isEqualTo(0.5);
        assertThat(score("keyword:art,part", "a party")).isZero();
        assertThat(score("keyword:c++", "I like C++.")).isEqualTo(1);
    }

    @Test
    void aClassOfTheUsersOwnIsFoundByName() {
        assertThat(score("class:" + LetterCount.class.getName(), "four")).isEqualTo(4);
    }

    @Test
    void aLexiconFileIsReadInVadersFormat() throws IOException {
        Path file = Files.writeString(directory.resolve("lexicon.txt"), "good\t1.9\t0.9\t[2, 1]\nbad\t-2.5\n");
        assertThat(score("lexicon:" + file, "good bad thing .")).isCloseTo(-0.6 / 4, within(1e-15));
    }

    @Test
    void everyBadSpecificationIsRefusedInWords() throws IOException {
        refused("sentiment", "no known kind", "lexicon:FILE", "keyword:A,B,C");
        refused("", "no known kind");
        refused("length", "needs a number of tokens");
        refused("length:0", "at least 1");
        refused("length:many", "whole number");
        refused("keyword: ,", "at least one word");
        refused("regex:", "needs a regular expression");
        refused("regex:(", "Unclosed group");
        refused("lexicon:", "needs a file");
        refused("lexicon:" + directory.resolve("absent"), "no such file");
        refused("lexicon:" + Files.writeString(directory.resolve("void"), "\n"), "has no entry");
        refused("lexicon:" + Files.writeString(directory.resolve("bad"), "good\t1\nbad -1\n"), "bad line 2");
        refused("lexicon:" + Files.writeString(directory.resolve("nan"), "good\tNaN\n"), "line 1", "finite");
        refused("class:com.example.Absent", "com.example.Absent cannot be loaded", "TETHER_CLASSPATH");
        refused("class:java.lang.String", "does not implement");
        refused("class:" + NeedsArgument.class.getName(), "constructor without parameters");
    }

    @Test
    void thePageOfRewardsHasEveryKind() throws IOException {
        String page = Files.readString(Path.of(System.getProperty("tether.root"), "docs", "rewards.md"));
        assertThat(Arrays.stream(RewardSpec.Kind.values()))
                .allSatisfy(kind -> assertThat(page).contains("| `" + kind.form() + "` |"));
    }

    @Test
    void everyKindSaysHowItIsWrittenAndWhatItScores() {
        assertThat(Arrays.stream(RewardSpec.Kind.values()))
                .allSatisfy(kind -> assertThat(kind.form() + kind.meaning()).isNotBlank());
    }

    private static void refused(String spec, String... fragments) {
        assertThatThrownBy(() -> RewardSpec.parse(spec))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(fragments);
    }

    private static double score(String spec, String response) {
        return RewardSpec.parse(spec).score(List.of(saying(response, 1)))[0];
    }

    private static Episode ofTokens(int tokens) {
        return saying("", tokens);
    }

    private static Episode saying(String response, int tokens) {
        return new Episode("", response, new int[] {1}, new int[tokens], StopReason.ENDED);
    }
}
