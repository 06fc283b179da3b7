package dev.tether.torch.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.stats.Calibration;
import dev.tether.core.stats.Logistic;
import dev.tether.run.InputException;
import dev.tether.torch.TinyFamily;
import dev.tether.torch.TinyModel;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.optim.OptimizerSettings;
import dev.tether.trainer.preference.TokenPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RewardTrainerTest {
    private static final int GOOD = 7;
    private static final int BAD = 11;
    private static final int PAD = 0;

    @TempDir
    Path directory;

    private final List<RewardObserver.Step> steps = new ArrayList<>();
    private final List<RewardObserver.Measured> measured = new ArrayList<>();

    private final RewardObserver observer = new RewardObserver() {
        @Override
        public void stepped(Step step) {
            steps.add(step);
        }

        @Override
        public void measured(Measured each) {
            measured.add(each);
        }
    };

    private static RewardTraining settings(int pairsAtOnce, double learningRate) {
        return new RewardTraining(2, 8, pairsAtOnce, learningRate, 0.1, OptimizerSettings.defaults(), 3);
    }

    /** Of two answers of random tokens and lengths, the one that holds {@link #GOOD} is preferred to that with {@link #BAD}. */
    private static List<TokenPair> pairs(int count, long seed) {
        Random random = new Random(seed);
        List<TokenPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] prompt = random.ints(1 + random.nextInt(4), 12, 40).toArray();
            pairs.add(new TokenPair(prompt, with(GOOD, random), with(BAD, random), 0, "pair " + i));
        }
        return pairs;
    }

    private static int[] with(int token, Random random) {
        int[] ids = random.ints(2 + random.nextInt(6), 12, 40).toArray();
        ids[random.nextInt(ids.length)] = token;
        return ids;
    }

    private Path tiny() throws IOException {
        Path model = TinyModel.write(Files.createDirectory(directory.resolve("model")));
        Path config = model.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config).replace("\"eos_token_id\": 2", "\"eos_token_id\": 2, \"pad_token_id\": 0"));
        return model;
    }

    @Test
    void itLearnsWhatIsPreferredAndKnowsItOfPairsItHasNotSeen() throws IOException {
        try (RewardTrainer trainer = RewardTrainer.open(tiny(), settings(8, 3e-3))) {
            assertThat(trainer.learn(pairs(160, 1), pairs(60, 2), 2, observer, () -> false))
                    .isEqualTo(40);
        }
        assertThat(steps).hasSize(40);
        assertThat(steps.get(0).loss()).as("a head of zeros tosses a coin").isCloseTo(Math.log(2), within(1e-6));
        assertThat(measured.get(0).margins()).containsOnly(0);
        assertThat(Calibration.accuracy(measured.get(measured.size() - 1).margins())
                        .share())
                .isGreaterThan(0.75);
        assertThat(measured).extracting(RewardObserver.Measured::step).containsExactly(0, 13, 26, 40);
    }

    @Test
    void theLossOfAStepIsThatOfItsPairs() throws IOException {
        List<TokenPair> pairs = pairs(8, 1);
        try (RewardTrainer trainer = RewardTrainer.open(tiny(), settings(8, 3e-3))) {
            trainer.learn(pairs, pairs, 9, observer, () -> false);
        }
        // eight pairs are one step: what the second step saw is what was measured after the first
        assertThat(steps).hasSize(2);
        assertThat(steps.get(1).loss())
                .isCloseTo(Logistic.meanLoss(measured.get(1).margins()), within(1e-6));
        assertThat(steps.get(1).accuracy())
                .isEqualTo(Calibration.accuracy(measured.get(1).margins()).share());
    }

    @Test
    void aMarginIsDemandedOnTop() throws IOException {
        List<TokenPair> demanding = pairs(8, 1).stream()
                .map(pair -> new TokenPair(pair.prompt(), pair.chosen(), pair.rejected(), 2, pair.place()))
                .toList();
        try (RewardTrainer trainer = RewardTrainer.open(tiny(), settings(8, 3e-3))) {
            trainer.learn(demanding, demanding, 0, observer, () -> false);
        }
        assertThat(steps.get(0).loss()).isCloseTo(Logistic.loss(-2), within(1e-6));
    }

    @Test
    void howManyPairsGoThroughTheNetworkAtOnceChangesNothing() throws IOException {
        Path model = tiny();
        double[] whole = marginsAfterLearning(model, 8);
        double[] pieces = marginsAfterLearning(model, 3);
        assertThat(pieces).containsExactly(whole, within(2e-4));
    }

    private double[] marginsAfterLearning(Path model, int pairsAtOnce) {
        try (RewardTrainer trainer = RewardTrainer.open(model, settings(pairsAtOnce, 1e-3))) {
            trainer.learn(pairs(40, 1), pairs(20, 2), 0, observer, () -> false);
            return trainer.margins(pairs(20, 2));
        }
    }

    @ParameterizedTest
    @EnumSource(TinyFamily.class)
    void whatIsSavedIsAClassifierOfItsFamilyThatScoresTheSame(TinyFamily family) throws IOException {
        Path model = family.write(directory.resolve("model"));
        Files.writeString(
                model.resolve("tokenizer.json"),
                "{\"model\": {\"unk_token\": \"?\", \"vocab\": {\"?\": %d}}}".formatted(PAD));
        List<TokenPair> pairs = pairs(24, 1);
        double[] margins;
        Path saved = directory.resolve("saved");
        try (RewardTrainer trainer = RewardTrainer.open(model, settings(8, 1e-3))) {
            trainer.learn(pairs, pairs, 0, observer, () -> false);
            margins = trainer.margins(pairs);
            trainer.save(saved, aside -> Files.writeString(aside.resolve("more.txt"), "more"));
        }
        JsonNode config = JsonMapper.shared().readTree(saved.resolve("config.json"));
        assertThat(config.get("architectures").get(0).stringValue()).endsWith("ForSequenceClassification");
        assertThat(config.get("num_labels").intValue()).isEqualTo(1);
        assertThat(config.get("pad_token_id").intValue()).isEqualTo(PAD);
        assertThat(saved.resolve("more.txt")).exists();
        try (SequenceScorer scorer = SequenceScorer.open(saved, ComputeType.FLOAT32)) {
            double[] chosen =
                    scorer.score(pairs.stream().map(TokenPair::chosenText).toList());
            double[] rejected =
                    scorer.score(pairs.stream().map(TokenPair::rejectedText).toList());
            for (int i = 0; i < margins.length; i++) {
                assertThat(chosen[i] - rejected[i]).isCloseTo(margins[i], within(1e-4));
            }
        }
        try (RewardTrainer goesOn = RewardTrainer.open(saved, settings(8, 1e-3))) {
            assertThat(goesOn.margins(pairs)).containsExactly(margins, within(1e-4));
        }
    }

    @Test
    void stoppedItSaysHowFarItCame() throws IOException {
        try (RewardTrainer trainer = RewardTrainer.open(tiny(), settings(8, 1e-3))) {
            assertThat(trainer.learn(pairs(40, 1), pairs(5, 2), 0, observer, () -> steps.size() == 3))
                    .isEqualTo(3);
        }
        assertThat(measured.get(measured.size() - 1).step()).isEqualTo(3);
    }

    @Test
    void aModelWhoseOnlySpecialTokenEndsTextsPadsWithItAndStopsWithNone() throws IOException {
        Path model = TinyModel.write(Files.createDirectory(directory.resolve("model")));
        Files.writeString(model.resolve("tokenizer.json"), "{\"model\": {\"vocab\": {}}}");
        try (RewardTrainer trainer = RewardTrainer.open(model, settings(8, 1e-3))) {
            assertThat(trainer.tokens().padId()).isEqualTo(2);
            assertThat(trainer.tokens().stopId()).isEmpty();
        }
    }

    @Test
    void aGradientThatIsNotFiniteEndsTheLearningInWords() throws IOException {
        try (RewardTrainer trainer = RewardTrainer.open(tiny(), settings(8, 1e30))) {
            assertThatThrownBy(() -> trainer.learn(pairs(40, 1), pairs(5, 2), 0, observer, () -> false))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("is not finite: a smaller learning rate");
        }
    }
}
