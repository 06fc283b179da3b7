package dev.tether.cli.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.rollout.PromptFile;
import dev.tether.trainer.world.ReviewGrammar;
import dev.tether.trainer.world.ReviewQuality;
import dev.tether.trainer.world.ReviewQuality.Judgement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the model that ships inside of Tether can do, as the grammar it was made from judges it. */
class ReviewsModelTest {
    private static final Sampling SAMPLING = new Sampling(48, 1.0, 0, 1.0, new int[0]);
    private static final ReviewQuality JUDGE = new ReviewQuality(ReviewGrammar.standard());

    @TempDir
    static Path cache;

    private static PolicyModel model;
    private static Tokenizer tokenizer;
    private static List<String> prompts;

    @BeforeAll
    static void open() {
        BuiltInModels models = new BuiltInModels(cache);
        Path directory = models.directory("reviews");
        model = LanguageModels.openPolicy(directory, ModelSettings.inference());
        tokenizer = LanguageModels.openTokenizer(directory);
        prompts = PromptFile.read(models.prompts("reviews")).prompts().stream()
                .map(PromptFile.Line::text)
                .limit(96)
                .toList();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void greedyTextIsStable() {
        Generation generation =
                model.generate(encode(List.of("I bought this kettle last month")), Sampling.greedy(48), 1);
        assertThat(tokenizer.decode(counted(generation, 0)))
                .isEqualTo(". The lid is average. The switch is average. It depends on what you need.");
    }

    @Test
    void samplesAreFluentReviewsThatEnd() {
        Generation generation = model.generate(encode(prompts), SAMPLING, 5);
        List<Judgement> judgements = judgements(generation);
        assertThat(judgements.stream().mapToDouble(Judgement::quality).average().orElseThrow())
                .isGreaterThan(0.9);
        assertThat(Arrays.stream(generation.stopReasons()).filter(StopReason.ENDED::equals))
                .hasSizeGreaterThan(90);
        assertThat(generation.responseMask().counted() / (double) prompts.size())
                .isBetween(22.0, 36.0);
    }

    @Test
    void samplesAreVariedAndOfEveryStance() {
        Generation generation = model.generate(encode(prompts), SAMPLING, 6);
        List<Judgement> judgements = judgements(generation);
        List<String> texts = new ArrayList<>();
        for (int b = 0; b < prompts.size(); b++) {
            texts.add(tokenizer.decode(counted(generation, b)));
        }
        assertThat(new HashSet<>(texts)).hasSizeGreaterThan(93);
        double meanStars = judgements.stream()
                .mapToDouble(judgement -> judgement.stars().orElse(3))
                .average()
                .orElseThrow();
        assertThat(meanStars).isCloseTo(3.0, within(0.6));
    }

    private static List<Judgement> judgements(Generation generation) {
        List<Judgement> judgements = new ArrayList<>();
        for (int b = 0; b < prompts.size(); b++) {
            judgements.add(JUDGE.judge(prompts.get(b), tokenizer.decode(counted(generation, b))));
        }
        return judgements;
    }

    private static int[][] encode(List<String> texts) {
        return texts.stream().map(tokenizer::encode).toArray(int[][]::new);
    }

    private static int[] counted(Generation generation, int b) {
        return Arrays.copyOf(
                generation.responses()[b], generation.responseMask().counted(b));
    }
}
