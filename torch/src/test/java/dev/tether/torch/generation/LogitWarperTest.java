package dev.tether.torch.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.torch.Shared;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.engine.TorchEngine;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LogitWarperTest {
    @BeforeAll
    static void start() {
        TorchEngine.ensureStarted();
    }

    @Test
    void warpedLogitsEqualTransformers() throws Exception {
        Map<String, LogitWarper> warpers = Map.of(
                "temperature0.7", new LogitWarper(0.7, 0, 1),
                "topk3", new LogitWarper(1, 3, 1),
                "topk3_ties", new LogitWarper(1, 3, 1),
                "topp0.9", new LogitWarper(1, 0, 0.9),
                "topp0.1", new LogitWarper(1, 0, 0.1),
                "temp_topk_topp", combined());
        JsonNode cases = new JsonMapper()
                .readTree(Files.readAllBytes(Shared.path("golden/golden.json")))
                .path("sampling_warpers")
                .path("cases");
        int compared = 0;
        for (JsonNode one : cases) {
            LogitWarper warper = warpers.get(one.path("name").stringValue());
            if (warper != null) {
                double[] expected = flat(one.path("out"));
                double[] actual = warp(
                        warper, flat(one.path("logits")), one.path("logits").size());
                for (int i = 0; i < expected.length; i++) {
                    if (Double.isInfinite(expected[i])) {
                        assertThat(actual[i]).as(one.path("name").stringValue()).isEqualTo(expected[i]);
                    } else {
                        assertThat(actual[i]).as(one.path("name").stringValue()).isCloseTo(expected[i], within(1e-9));
                    }
                }
                compared++;
            }
        }
        assertThat(compared).isEqualTo(warpers.size());
    }

    /** The reference's settings stand in its recipe: temperature 0.8, top-k 5, top-p 0.9. */
    private static LogitWarper combined() {
        return new LogitWarper(0.8, 5, 0.9);
    }

    @Test
    void topPKeepsTheSmallestSetThatReachesTheMassAlsoInALargeFlatVocabulary() {
        int vocabulary = 3000;
        double[] logits = new Random(3).doubles(vocabulary, -0.05, 0.05).toArray();
        double[] warped = warp(new LogitWarper(1, 0, 0.7), logits, 1);
        double total = Arrays.stream(logits).map(Math::exp).sum();
        double[] kept = new double[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            kept[i] = Double.isInfinite(warped[i]) ? 0 : Math.exp(logits[i]) / total;
        }
        double mass = Arrays.stream(kept).sum();
        double smallest = Arrays.stream(kept).filter(p -> p > 0).min().orElseThrow();
        assertThat(mass).isGreaterThanOrEqualTo(0.7);
        assertThat(mass - smallest).isLessThan(0.7);
    }

    @Test
    void equallyLikelyTokensAreCutByTopPAtItsMass() {
        double[] warped = warp(new LogitWarper(1, 0, 0.5), new double[8], 1);
        assertThat(Arrays.stream(warped).filter(Double::isFinite).count()).isEqualTo(4);
    }

    private static double[] warp(LogitWarper warper, double[] logits, int rows) {
        return Scoped.compute(() -> Tensors.toDoubles(warper.apply(Tensors.of(logits, rows, logits.length / rows))));
    }

    private static double[] flat(JsonNode rows) {
        return rows.valueStream()
                .flatMap(JsonNode::valueStream)
                .mapToDouble(x -> x.isString() ? Double.parseDouble(x.stringValue()) : x.doubleValue())
                .toArray();
    }
}
