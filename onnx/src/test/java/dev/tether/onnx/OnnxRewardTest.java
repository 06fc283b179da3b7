package dev.tether.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.run.InputException;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.reward.Episode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxRewardTest {
    private static final int VOCABULARY = 128;
    private static final int WIDTH = 3;

    @TempDir
    private Path directory;

    private final float[][] embedding = random(VOCABULARY, WIDTH, 1);
    private final float[][] weight = random(WIDTH, 2, 2);

    @Test
    void scoresAreTheLogitOfTheLabelInTheOrderOfTheEpisodes() throws IOException {
        for (String[] inputs : new String[][] {
            {"input_ids"}, {"input_ids", "attention_mask"}, {"input_ids", "attention_mask", "token_type_ids"}
        }) {
            Files.write(directory.resolve("model.onnx"), TinyOnnx.network(embedding, weight, "logits", inputs));
            for (int label = 0; label < 2; label++) {
                try (OnnxReward reward = OnnxReward.open(directory, OptionalInt.of(label), new Letters(), 1)) {
                    List<Episode> episodes = IntStream.range(0, 300)
                            .mapToObj(b -> episode("p".repeat(1 + b * 7 % 40), "great".repeat(b % 60)))
                            .toList();
                    double[] scores = reward.score(episodes);
                    for (int b = 0; b < scores.length; b++) {
                        String text = episodes.get(b).prompt() + episodes.get(b).response();
                        assertThat(scores[b])
                                .as("%s %d", Arrays.toString(inputs), b)
                                .isCloseTo(expected(text, label), within(2e-3));
                    }
                }
            }
        }
    }

    @Test
    void oneLabelNeedsNoChoiceAndSeveralDo() throws IOException {
        Files.write(
                directory.resolve("model.onnx"),
                TinyOnnx.network(embedding, random(WIDTH, 1, 3), "score", "input_ids", "attention_mask"));
        try (OnnxReward reward = OnnxReward.open(directory, OptionalInt.empty(), new Letters(), 1)) {
            assertThat(reward.score(List.of(episode("a", "b")))).hasSize(1);
        }
        Files.write(
                directory.resolve("model.onnx"),
                TinyOnnx.network(embedding, weight, "logits", "input_ids", "attention_mask"));
        assertThatThrownBy(() -> OnnxReward.open(directory, OptionalInt.empty(), new Letters(), 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("model.onnx has 2 labels: say which is the score, with #label=0 to #label=1");
        assertThatThrownBy(() -> OnnxReward.open(directory, OptionalInt.of(2), new Letters(), 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("model.onnx has no label 2, must be in 0..1");
    }

    /** On the stack of an ordinary thread it ended the process. */
    @Test
    void itRunsFromAThreadWithASmallStack() throws Exception {
        Files.write(
                directory.resolve("model.onnx"),
                TinyOnnx.network(random(4096, 1, 4), random(1, 2, 5), "logits", "input_ids", "attention_mask"));
        double[][] scores = new double[1][];
        Thread small = new Thread(
                null,
                () -> {
                    try (OnnxReward reward = OnnxReward.open(directory, OptionalInt.of(0), new Letters(), 1)) {
                        scores[0] = reward.score(List.of(episode("a", "b")));
                    }
                },
                "small",
                256 << 10);
        small.start();
        small.join();
        assertThat(scores[0]).hasSize(1);
    }

    @Test
    void whatCannotBeRunIsRefusedInOneLine() throws IOException {
        refused("there is no such file");
        byte[] whole = TinyOnnx.network(embedding, weight, "logits", "input_ids", "attention_mask");
        Files.write(directory.resolve("model.onnx"), Arrays.copyOf(whole, whole.length / 2));
        refused("cannot be run by ONNX Runtime: ");
        Files.write(
                directory.resolve("model.onnx"),
                TinyOnnx.network(embedding, weight, "logits", "ids", "attention_mask"));
        refused("has no input \"input_ids\"; it has ids, attention_mask");
        Files.write(
                directory.resolve("model.onnx"),
                TinyOnnx.network(embedding, weight, "logits", "input_ids", "positions"));
        refused(
                "wants the input \"positions\", which nobody gives it; known are attention_mask, input_ids, token_type_ids");
        Files.write(directory.resolve("model.onnx"), whole);
        try (OnnxReward reward = OnnxReward.open(directory, OptionalInt.of(0), new Letters(), 1)) {
            assertThatThrownBy(() -> reward.score(List.of(episode("", ""))))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("sequence 0 given to the reward model")
                    .hasMessageContaining("has no token");
            assertThatThrownBy(() -> reward.score(List.of(episode("é", "\u2028"))))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("failed on 1 texts of up to 2 tokens")
                    .message()
                    .hasLineCount(1);
        }
    }

    private void refused(String fragment) {
        assertThatThrownBy(() -> OnnxReward.open(directory, OptionalInt.of(0), new Letters(), 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("model.onnx")
                .hasMessageContaining(fragment)
                .message()
                .hasLineCount(1);
    }

    private double expected(String text, int label) {
        return text.chars()
                .mapToDouble(id -> IntStream.range(0, WIDTH)
                        .mapToDouble(d -> (double) embedding[id][d] * weight[d][label])
                        .sum())
                .sum();
    }

    private static Episode episode(String prompt, String response) {
        return new Episode(prompt, response, new int[0], new int[0], StopReason.ENDED);
    }

    private static float[][] random(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[][] values = new float[rows][columns];
        for (float[] row : values) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return values;
    }

    /** One token per letter. */
    private static final class Letters implements Tokenizer {
        @Override
        public int[] encode(String text) {
            return text.chars().toArray();
        }

        @Override
        public String decode(int[] ids) {
            return new String(ids, 0, ids.length);
        }

        @Override
        public String tokenText(int id) {
            return Character.toString(id);
        }

        @Override
        public int vocabularySize() {
            return VOCABULARY;
        }
    }
}
