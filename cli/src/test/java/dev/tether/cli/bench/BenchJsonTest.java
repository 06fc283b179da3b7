package dev.tether.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.cli.model.ModelNames;
import dev.tether.run.settings.RunSettings;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.MatmulCeiling;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchJsonTest {
    /** What the harness of the other trainers reads: bench_common.py, {@code report}. */
    private static final List<String> KEYS_OF_OTHERS = List.of(
            "impl",
            "model",
            "batch",
            "prompt_len",
            "new_tokens",
            "threads",
            "measured_steps",
            "quiet_steps",
            "all_steps",
            "s_per_step",
            "s_per_step_min",
            "s_per_step_max",
            "rollout_tok_per_s",
            "gen_tok_per_s",
            "phases",
            "value",
            "updates_per_rollout",
            "kl_coef",
            "first",
            "last");

    private static MatmulCeiling ceiling(long rows, double gigaflops) {
        return new MatmulCeiling(new MatmulCeiling.Product(rows, 128, 344), MatmulCeiling.Engine.ONEDNN, gigaflops);
    }

    private static Recording recording(List<MatmulCeiling> ceilings) {
        return new Recording(
                List.of(
                        Steps.step(9, 0),
                        Steps.step(2, 0),
                        Steps.step(4, 0),
                        Steps.step(6, 0.5),
                        Steps.step(4, 0),
                        Steps.step(5, 0),
                        Steps.step(3, 0)),
                new Patience(1, 0, 60),
                RunSettings.defaults().with("model.value=separate", "belt.controller=fixed", "belt.kl_coef=0.05"),
                ModelDirectory.ofLanguageModel(ModelNames.directory("builtin:reviews"))
                        .spec(),
                16,
                new Recording.StartUp(1, 2, 3),
                OptionalDouble.of(500),
                ceilings);
    }

    private static JsonNode line(List<MatmulCeiling> ceilings) {
        return JsonMapper.shared().readTree(new BenchJson(recording(ceilings)).line());
    }

    @Test
    void allKeysOfTheOtherTrainersAreThere() {
        JsonNode json = line(List.of());
        assertThat(json.propertyNames()).containsAll(KEYS_OF_OTHERS);
        assertThat(json.path("phases").propertyNames()).contains("generation", "update", "total", "delay", "other");
    }

    @Test
    void figuresAreMediansOfQuietSteps() {
        JsonNode json = line(List.of());
        assertThat(json.path("measured_steps").intValue()).isEqualTo(5);
        assertThat(json.path("quiet_steps").intValue()).isEqualTo(5);
        assertThat(json.path("all_steps").intValue()).isEqualTo(6);
        assertThat(json.path("s_per_step").doubleValue()).isEqualTo(4);
        assertThat(json.path("s_per_step_min").doubleValue()).isEqualTo(2);
        assertThat(json.path("s_per_step_max").doubleValue()).isEqualTo(5);
        assertThat(json.path("rollout_tok_per_s").doubleValue()).isEqualTo(500);
        assertThat(json.path("gen_tok_per_s").doubleValue()).isCloseTo(2500, within(1e-9));
        assertThat(json.path("phases").path("update").doubleValue()).isEqualTo(2);
        assertThat(json.path("old_logprobs_sampled_steps").intValue()).isEqualTo(5);
        assertThat(json.path("old_logprobs_max_disagreement_nats").doubleValue())
                .isCloseTo(5e-6, within(1e-12));
        assertThat(json.path("phases").path("rest").doubleValue()).isCloseTo(0.4, within(1e-12));
        assertThat(json.path("updates_per_rollout").intValue()).isEqualTo(16);
        assertThat(json.path("kl_coef").doubleValue()).isEqualTo(0.05);
        assertThat(json.path("value").asString()).isEqualTo("separate");
        assertThat(json.path("impl").asString()).isEqualTo("tether-ppo");
        assertThat(json.path("first").get(2).doubleValue()).isEqualTo(9);
    }

    @Test
    void utilisationIsOfTheBestProductWithManyRowsAndOfTheBestWithFew() {
        // 6e9 operations in 2 s; 1e9 in 0.8 s
        JsonNode json = line(List.of(ceiling(32, 5), ceiling(32, 2.5), ceiling(632, 6), ceiling(2528, 12)));
        assertThat(json.path("ceiling_gflops").doubleValue()).isEqualTo(12);
        assertThat(json.path("update_utilisation").doubleValue()).isCloseTo(3.0 / 12, within(1e-12));
        assertThat(json.path("generation_utilisation").doubleValue()).isCloseTo(1.25 / 12, within(1e-12));
        assertThat(json.path("generation_utilisation_of_its_own_ceiling").doubleValue())
                .isCloseTo(1.25 / 5, within(1e-12));
        assertThat(json.path("products")).hasSize(4);
    }

    @Test
    void withoutACeilingNoShareOfOneIsClaimed() {
        assertThat(line(List.of()).propertyNames())
                .noneMatch(key -> key.contains("ceiling") || key.contains("utilisation"));
    }

    @Test
    void theWholeRecordingHoldsEveryStep() {
        JsonNode json = JsonMapper.shared().readTree(new BenchJson(recording(List.of())).whole());
        assertThat(json.path("steps")).hasSize(7);
        assertThat(json.path("steps").get(3).path("delay").doubleValue()).isEqualTo(0.5);
        assertThat(json.path("steps").get(3).path("phases").path("update").doubleValue())
                .isEqualTo(3);
    }

    @Test
    void theTableSaysTheSame() {
        String text = new BenchText(recording(List.of(ceiling(32, 5), ceiling(632, 12)))).text();
        assertThat(text)
                .contains("medians of 5 steps (5 of 6 after the warm-up were quiet)")
                .containsPattern("update +2\\.000   1\\.000 \\.\\. 2\\.500")
                .contains(
                        "policy logprobs: the sampler's in 5 of 5 steps; the trainer's differ by 5.0e-06 nats a token")
                .containsPattern("tokens/s end to end +500   400 \\.\\. 1000")
                .contains("25 % of the ceiling", "10 % of the ceiling; 25 % of one product per response");
    }

    @Test
    void productsAreThoseOfTheModelAtTheRowsOfAStep() {
        Recording recording = recording(List.of());
        assertThat(Ceilings.products(recording))
                .contains(
                        new MatmulCeiling.Product(32, 128, 1024),
                        new MatmulCeiling.Product(8 * 63, 128, 1024),
                        new MatmulCeiling.Product(32 * 63, 128, 1024))
                .hasSize(6)
                .allMatch(each -> each.rows() * each.outputs() <= 1 << 23);
        assertThat(Collections.max(Ceilings.products(recording).stream()
                        .map(MatmulCeiling.Product::rows)
                        .toList()))
                .isEqualTo(32 * 63);
    }
}
