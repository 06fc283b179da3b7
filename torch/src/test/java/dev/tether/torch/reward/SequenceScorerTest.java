package dev.tether.torch.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.run.InputException;
import dev.tether.torch.GoldenTensors;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.Shared;
import dev.tether.torch.TinyFamily;
import dev.tether.torch.TinyModel;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.TokenRows;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.torch.safetensors.SafetensorsWriter;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.reward.Episode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SequenceScorerTest {
    private static final int WIDTH = 128;

    @TempDir
    Path directory;

    private static double[] headWeights() {
        return new Random(4).doubles(WIDTH, -1, 1).toArray();
    }

    /** A language model of {@code family} with more tensors in its file. */
    private Path withTensors(TinyFamily family, Consumer<Map<String, Tensor>> add) throws IOException {
        Path model = family.write(directory.resolve(family.name()));
        Path file = model.resolve("model.safetensors");
        Scoped.run(() -> {
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
            try (SafetensorsFile old = SafetensorsFile.open(file)) {
                old.names().forEach(name -> tensors.put(name, old.tensor(name).clone()));
            }
            add.accept(tensors);
            try {
                SafetensorsWriter.write(file, tensors, Map.of());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return model;
    }

    private Path withValueHead(TinyFamily family) throws IOException {
        return withTensors(family, tensors -> {
            tensors.put("v_head.summary.weight", Tensors.of(headWeights(), ScalarType.Float, 1, WIDTH));
            tensors.put("v_head.summary.bias", Tensors.of(new double[] {0.75}, ScalarType.Float, 1));
        });
    }

    private static List<int[]> raggedTexts() {
        Random random = new Random(6);
        List<int[]> texts = new ArrayList<>();
        for (int b = 0; b < 9; b++) {
            texts.add(random.ints(1 + (5 * b) % 17, 3, TinyModel.VOCABULARY).toArray());
        }
        return texts;
    }

    @Test
    void scoresOfASequenceClassifierEqualTransformers() {
        Path path = Shared.path("golden/models/llama31_rope_untied__reward");
        try (SequenceScorer scorer = SequenceScorer.open(path, ComputeType.FLOAT32);
                GoldenTensors golden = GoldenTensors.of(path);
                GoldenTensors batch = GoldenTensors.of(Shared.path("golden/models/llama31_rope_untied"))) {
            double[] scores = scorer.score(List.of(batch.unpadded("b", 0, 20)));
            double[][] expected = golden.doubles("b.pooled_hf_logits");
            for (int b = 0; b < scores.length; b++) {
                assertThat(scores[b]).isCloseTo(expected[b][0], within(1e-5));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aValueHeadIsReadOffTheLastHiddenState(TinyFamily family) throws IOException {
        Path plain = family.write(directory.resolve("plain"));
        try (CausalLm network = CausalLm.frozen(ModelDirectory.ofLanguageModel(plain), ComputeType.FLOAT64);
                SequenceScorer scorer = SequenceScorer.open(withValueHead(family), ComputeType.FLOAT64)) {
            double[] scores = scorer.score(raggedTexts());
            for (int b = 0; b < scores.length; b++) {
                assertThat(scores[b]).isCloseTo(expected(network, raggedTexts().get(b)), within(1e-5));
            }
            assertThat(scores).doesNotHaveDuplicates();
        }
    }

    /** Σ w · h + 0.75 in plain Java; the weights as the file's single precision rounds them. */
    private static double expected(CausalLm network, int[] text) {
        double[] hidden = Scoped.computeWithoutGradients(() -> {
            long[] ids = Arrays.stream(text).asLongStream().toArray();
            Tensor all = network.hidden(TokenRows.leftAligned(Tensors.of(ids, 1, ids.length)));
            return Tensors.toDoubles(all.select(1, ids.length - 1));
        });
        double sum = 0.75;
        for (int i = 0; i < hidden.length; i++) {
            sum += hidden[i] * (float) headWeights()[i];
        }
        return sum;
    }

    @Test
    void aScoreDoesNotDependOnTheOtherSequences() throws IOException {
        try (SequenceScorer scorer =
                SequenceScorer.open(withValueHead(TinyFamily.MISTRAL_WITH_A_WINDOW), ComputeType.FLOAT64)) {
            double[] together = scorer.score(raggedTexts());
            for (int b = 0; b < together.length; b++) {
                double alone = scorer.score(List.of(raggedTexts().get(b)))[0];
                assertThat(together[b]).isCloseTo(alone, within(1e-12));
            }
        }
    }

    @Test
    void thousandsOfTokensAreScoredInSeveralPasses() throws IOException {
        int[] text = raggedTexts().get(3);
        try (SequenceScorer scorer = SequenceScorer.open(withValueHead(TinyFamily.GPT2), ComputeType.FLOAT64)) {
            double[] scores = scorer.score(Collections.nCopies(2000, text));
            assertThat(scores).hasSize(2000);
            assertThat(Arrays.stream(scores).distinct().count()).isLessThanOrEqualTo(3);
            assertThat(scores[1999]).isCloseTo(scorer.score(List.of(text))[0], within(1e-12));
        }
    }

    @Test
    void aTextIsReadAtItsLastTokenThatIsNotPadding() throws IOException {
        Path model = withValueHead(TinyFamily.GPT2);
        Path config = model.resolve("config.json");
        Files.writeString(
                config, Files.readString(config).replace("\"bos_token_id\"", "\"pad_token_id\": 39, \"bos_token_id\""));
        try (SequenceScorer scorer = SequenceScorer.open(model, ComputeType.FLOAT64)) {
            double[] scores = scorer.score(List.of(new int[] {5, 6, 7}, new int[] {5, 6, 7, 39, 39}, new int[] {39}));
            assertThat(scores[1]).isEqualTo(scores[0]).isNotEqualTo(scores[2]);
        }
    }

    @Test
    void whatGivesNoScoreIsRefused() throws IOException {
        Path plain = TinyFamily.GPT2.write(directory.resolve("plain"));
        assertRefused(plain, plain + ": has no head that scores, neither score.weight nor v_head.summary.weight");
        Path twoLabels = withTensors(
                TinyFamily.QWEN2_WITH_A_WINDOW_ON_TOP, tensors -> tensors.put("score.weight", torch.zeros(2, WIDTH)));
        assertRefused(twoLabels, "score.weight (expected [1, 128], found [2, 128])");
    }

    private static void assertRefused(Path model, String message) {
        assertThatThrownBy(() -> SequenceScorer.open(model, ComputeType.FLOAT32))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aSequenceThatTheModelCannotReadIsNamed() throws IOException {
        try (SequenceScorer scorer = SequenceScorer.open(withValueHead(TinyFamily.GPT2), ComputeType.FLOAT32)) {
            assertThatThrownBy(() -> scorer.score(List.of(new int[] {3}, new int[65])))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("sequence 1 given to the reward model")
                    .hasMessageContaining("has 65 tokens, more than its context of 64");
            assertThatThrownBy(() -> scorer.score(List.of(new int[] {40})))
                    .hasMessageContaining("has the token id 40, must be in 0..39");
        }
    }

    @Test
    void withThePolicysTokenizerTheSampledTokensAreScoredElseTheText() throws IOException {
        Path classifier = Shared.path("golden/models/llama31_rope_untied__reward");
        Path policy = Shared.path("golden/models/llama31_rope_untied");
        Path other = Shared.path("golden/models/gpt2_tiny");
        Episode episode = new Episode("ab", "cd", new int[] {7, 8}, new int[] {9, 2}, StopReason.ENDED);
        Path copy = Files.createDirectory(directory.resolve("copy"));
        for (String name : new String[] {"config.json", "model.safetensors"}) {
            Files.copy(classifier.resolve(name), copy.resolve(name));
        }
        double sampled;
        try (TextScorer bare = TextScorer.open(copy, policy);
                SequenceScorer scorer = SequenceScorer.open(copy, ComputeType.FLOAT32)) {
            sampled = scorer.score(List.of(new int[] {7, 8, 9, 2}))[0];
            assertThat(bare.score(List.of(episode))).containsExactly(sampled);
        }
        Files.copy(policy.resolve("tokenizer.json"), copy.resolve("tokenizer.json"));
        try (TextScorer same = TextScorer.open(copy, policy);
                TextScorer foreign = TextScorer.open(copy, other);
                SequenceScorer scorer = SequenceScorer.open(copy, ComputeType.FLOAT32)) {
            assertThat(same.score(List.of(episode))).containsExactly(sampled);
            int[] text = LanguageModels.openTokenizer(policy).encode("abcd");
            int[] ended = Arrays.copyOf(text, text.length + 1);
            ended[text.length] = 2;
            assertThat(foreign.score(List.of(episode))).containsExactly(scorer.score(List.of(ended)));
        }
    }

    @Test
    void aPolicyOfMoreTokensThanTheRewardModelKnowsIsRefused() {
        assertThatThrownBy(() -> TextScorer.open(
                        Shared.path("golden/models/llama31_rope_untied__reward"),
                        Shared.path("golden/models/gpt2_tiny")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has no tokenizer.json, and the policy's tokenizer knows");
    }
}
