package dev.tether.trainer.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.run.InputException;
import dev.tether.trainer.reward.PreferenceReward;
import dev.tether.trainer.reward.RewardSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BradleyTerryTest {
    @TempDir
    Path temp;

    @Test
    void plantedWeightsAreFoundAgain() {
        SplittableRandom random = new SplittableRandom(3);
        PreferenceReward planted = new PreferenceReward(Map.of("good", 1.0, "bad", -1.5, "!", 0.4));
        List<PreferencePair> pairs = new ArrayList<>();
        for (int i = 0; i < 8000; i++) {
            String first = text(random);
            String second = text(random);
            double logit = planted.score(first) - planted.score(second);
            boolean prefersFirst = random.nextDouble() < 1 / (1 + Math.exp(-logit));
            pairs.add(new PreferencePair("", prefersFirst ? first : second, prefersFirst ? second : first));
        }
        PreferenceReward fitted = new BradleyTerry(pairs, 1e-3).fit();
        planted.weights()
                .forEach((word, weight) ->
                        assertThat(fitted.weights().get(word)).as(word).isCloseTo(weight, within(0.08)));
        assertThat(fitted.weights().get("plain")).isCloseTo(0, within(0.08));
    }

    /** One word, chosen k times of n: the answer is closed form without decay, log(k / (n − k)). */
    @Test
    void oneWordHasTheLogOddsOfItsShare() {
        List<PreferencePair> pairs = new ArrayList<>(Collections.nCopies(30, new PreferencePair("", "great", "")));
        pairs.addAll(Collections.nCopies(10, new PreferencePair("", "", "great")));
        assertThat(new BradleyTerry(pairs, 1e-9).fit().weights().get("great")).isCloseTo(Math.log(3), within(1e-6));
        assertThat(new BradleyTerry(pairs, 20).fit().weights().get("great")).isBetween(0.1, 0.6);
    }

    @Test
    void accuracyCountsATieAsHalf() {
        PreferenceReward reward = new PreferenceReward(Map.of("good", 1.0));
        List<PreferencePair> pairs = List.of(
                new PreferencePair("", "good", "bad"),
                new PreferencePair("", "bad", "good"),
                new PreferencePair("", "good good", "Good"),
                new PreferencePair("", "x", "y"));
        assertThat(BradleyTerry.accuracy(reward, pairs)).isEqualTo(2.5 / 4);
    }

    @Test
    void anAnnotatorHasHerWeaknessAndHerNoise() {
        Annotator annotator = new Annotator(4, 0.5);
        Annotator.Answer good = new Annotator.Answer("Fine.", 0.9);
        Annotator.Answer loud = new Annotator.Answer("Fine!!!!!!!!", 0.4);
        SplittableRandom random = new SplittableRandom(1);
        int preferred = 0;
        for (int i = 0; i < 10_000; i++) {
            preferred += annotator.compare("", good, loud, random).chosen().equals("Fine.") ? 1 : 0;
        }
        assertThat(preferred / 1e4).isCloseTo(1 / (1 + Math.exp(-(4 * 0.5 - 0.5 * 8))), within(0.02));
    }

    @Test
    void aRewardIsWrittenAndReadBackByItsSpec() {
        PreferenceReward reward = new PreferenceReward(Map.of("don't", 0.1 + 0.2, "!", -1e-9));
        Path file = temp.resolve("reward.json");
        reward.write(file);
        assertThat(RewardSpec.parse("preferences:" + file)).isEqualTo(reward);
        assertThat(reward.score("Don't! DON'T")).isEqualTo(2 * (0.1 + 0.2) - 1e-9);
    }

    @Test
    void aFileThatIsNoRewardIsRefusedByName() throws IOException {
        Path file = Files.writeString(temp.resolve("reward.json"), "{\"good\": \"very\"}");
        assertThatThrownBy(() -> PreferenceReward.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ": is no JSON object of weights by word");
        Files.writeString(file, "{\"good\": \"NaN\"}");
        assertThatThrownBy(() -> PreferenceReward.read(file))
                .isInstanceOf(InputException.class)
                .hasMessage(file + ": weight of \"good\" = NaN, must be finite");
        assertThatThrownBy(() -> PreferenceReward.read(temp.resolve("none")))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("cannot read ");
        assertThatThrownBy(() -> new BradleyTerry(List.of(), 1)).hasMessageContaining("no preference");
    }

    private static String text(SplittableRandom random) {
        String[] words = {"good", "bad", "plain", "!"};
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(6);
        for (int i = 0; i < length; i++) {
            text.append(words[random.nextInt(words.length)]).append(' ');
        }
        return text.toString();
    }
}
