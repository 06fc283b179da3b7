package dev.tether.torch.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.torch.TinyModel;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A window of W tokens: a token sees itself and the W − 1 before it. Positions are rotary, so only distances count. */
class SlidingWindowTest {
    private static final int WINDOW = 5;
    private static final int LENGTH = 17;

    @TempDir
    Path directory;

    private CausalLm model(int layers, String window) throws IOException {
        Path target = Files.createDirectories(directory.resolve(layers + window));
        TinyModel.write(target, """
                {"architectures": ["MistralForCausalLM"], "model_type": "mistral", "vocab_size": 40, "hidden_size": 32,
                 "intermediate_size": 48, "num_hidden_layers": %d, "num_attention_heads": 4, "num_key_value_heads": 2,
                 "max_position_embeddings": 64, "sliding_window": %s, "initializer_range": 0.3}
                """.formatted(layers, window));
        return CausalLm.frozen(ModelDirectory.ofLanguageModel(target), ComputeType.FLOAT64);
    }

    private static long[] text() {
        return new Random(2).longs(LENGTH, 3, TinyModel.VOCABULARY).toArray();
    }

    /** Logits of every position, one row after the other. */
    private static double[][] logits(CausalLm model, long... ids) {
        return Scoped.computeWithoutGradients(() -> {
            Tensor hidden = model.hidden(TokenRows.leftAligned(Tensors.of(ids, 1, ids.length)));
            return Tensors.toRows(model.logits(hidden).squeeze(0));
        });
    }

    @Test
    void oneLayerReadsEveryTokenOffItsWindowAlone() throws IOException {
        try (CausalLm windowed = model(1, "5");
                CausalLm free = model(1, "null")) {
            double[][] actual = logits(windowed, text());
            for (int t = 0; t < LENGTH; t++) {
                long[] seen = Arrays.copyOfRange(text(), Math.max(0, t - WINDOW + 1), t + 1);
                double[] expected = logits(free, seen)[seen.length - 1];
                assertThat(actual[t]).containsExactly(expected, within(1e-12));
            }
            assertThat(actual[LENGTH - 1]).isNotEqualTo(logits(free, text())[LENGTH - 1]);
        }
    }

    @Test
    void twoLayersReachTwiceAsFarAndNoFurther() throws IOException {
        int reach = 2 * (WINDOW - 1);
        try (CausalLm model = model(2, "5")) {
            double[] before = logits(model, text())[LENGTH - 1];
            assertThat(logits(model, changed(LENGTH - 1 - reach))[LENGTH - 1]).isNotEqualTo(before);
            assertThat(logits(model, changed(LENGTH - 2 - reach))[LENGTH - 1]).isEqualTo(before);
        }
    }

    private static long[] changed(int at) {
        long[] ids = text();
        ids[at] = ids[at] == 3 ? 4 : 3;
        return ids;
    }

    @Test
    void aWindowAsLongAsTheTextIsNone() throws IOException {
        try (CausalLm windowed = model(2, Integer.toString(LENGTH));
                CausalLm free = model(2, "null")) {
            assertThat(logits(windowed, text())).isDeepEqualTo(logits(free, text()));
        }
    }

    @Test
    void logitsFromTheCacheAreThoseOfAPassWithoutOne() throws IOException {
        int[][] prompts = {{7, 8}, {4, 5, 6, 7, 8, 9, 10, 11, 12}, {20, 21, 22, 23, 24}};
        long[][] added = {{9, 13, 25}, {14, 4, 5}, {33, 3, 6}, {12, 12, 12}, {30, 31, 32}, {5, 6, 7}, {8, 9, 3}};
        try (CausalLm model = model(3, "5");
                PackedLm packed = model.packed(prompts.length);
                GrowingRows growing = new GrowingRows(packed, 20)) {
            Scoped.runWithoutGradients(() -> {
                double[][] next = Tensors.toRows(growing.readPrompts(prompts));
                for (int step = 0; step <= added.length; step++) {
                    for (int b = 0; b < prompts.length; b++) {
                        long[] soFar = grown(prompts[b], added, step, b);
                        double[] expected = logits(model, soFar)[soFar.length - 1];
                        assertThat(next[b]).containsExactly(expected, within(1e-11));
                    }
                    if (step < added.length) {
                        next = Tensors.toRows(growing.append(added[step]));
                    }
                }
            });
        }
    }

    private static long[] grown(int[] prompt, long[][] added, int steps, int row) {
        long[] ids = Arrays.copyOf(Arrays.stream(prompt).asLongStream().toArray(), prompt.length + steps);
        for (int step = 0; step < steps; step++) {
            ids[prompt.length + step] = added[step][row];
        }
        return ids;
    }
}
