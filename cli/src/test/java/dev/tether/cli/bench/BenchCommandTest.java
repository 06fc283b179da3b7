package dev.tether.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.cli.CommandLineRun;
import dev.tether.cli.model.ModelNames;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.reward.Episode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest {
    @TempDir
    private Path directory;

    /** Two short steps, of which any option may be given otherwise. */
    private static CommandLineRun bench(Object... options) {
        List<Object> words = new ArrayList<>(List.of("bench"));
        words.addAll(List.of(options));
        Map.of("--batch", 4, "--new-tokens", 6, "--prompt-len", 3, "--steps", 2, "--warmup", 0, "--threads", 1)
                .forEach((option, value) -> {
                    if (!words.contains(option)) {
                        words.addAll(List.of(option, value));
                    }
                });
        return CommandLineRun.of(words.toArray());
    }

    private static JsonNode result(CommandLineRun run) {
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return JsonMapper.shared()
                .readTree(run.out()
                        .lines()
                        .filter(line -> line.startsWith("BENCH_RESULT "))
                        .findFirst()
                        .orElseThrow()
                        .substring("BENCH_RESULT ".length()));
    }

    @Test
    void twoStepsOfTheBuiltInModelAreTakenApart() throws IOException {
        Path json = directory.resolve("bench.json");
        Path curve = directory.resolve("curve.csv");
        CommandLineRun run = bench("--json", json, "--curve", curve);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("tether-ppo on builtin:reviews: 4 responses to prompts of 3 tokens, 6 new tokens at most, "
                        + "4 x 4 updates, value separate, float32, 1 thread\n")
                .contains("tokens/s of generation", "% of the ceiling", "onednn packed");
        JsonNode steps = JsonMapper.shared().readTree(Files.readAllBytes(json)).path("steps");
        assertThat(steps).hasSize(2).allSatisfy(step -> {
            assertThat(step.path("tokens").intValue()).isEqualTo(4 * 6);
            double phases = Stream.of("generation", "evaluation", "reference", "reward", "update")
                    .mapToDouble(phase -> step.path("phases").path(phase).doubleValue())
                    .sum();
            assertThat(phases)
                    .isPositive()
                    .isLessThanOrEqualTo(step.path("total").doubleValue());
            assertThat(step.path("heap_bytes").longValue()).isPositive();
        });
        assertThat(steps.get(0).path("kl").doubleValue()).isBetween(-1e-4, 1e-4);
        assertThat(Math.abs(steps.get(1).path("kl").doubleValue())).isGreaterThan(1e-4);
        assertThat(Files.readAllLines(curve)).hasSize(3).first().isEqualTo("step,reward,kl,seconds");
    }

    @Test
    void aHarnessIsToldOfEachStageAndOfTheResultAlone() {
        CommandLineRun run = bench("--bench-result", "--no-ceiling", "--algorithm", "grpo", "--batch", 16);
        assertThat(run.out().lines())
                .allMatch(line -> line.startsWith("BENCH_"))
                .anyMatch(line -> line.startsWith("BENCH_EVENT {\"name\":\"first_step_done\",\"t\":"));
        JsonNode json = result(run);
        assertThat(json.path("impl").asString()).isEqualTo("tether-grpo");
        assertThat(json.path("kl_coef").doubleValue()).isEqualTo(0.04);
        assertThat(json.path("updates_per_rollout").intValue()).isEqualTo(1);
        assertThat(json.path("value").asString()).isEqualTo("none");
        assertThat(json.path("start_s").path("first_token").doubleValue())
                .isLessThan(json.path("start_s").path("first_step_done").doubleValue());
    }

    @Test
    void raggedResponsesEndEarly() {
        JsonNode json = result(
                bench("--bench-result", "--no-ceiling", "--responses", "ragged", "--batch", 32, "--new-tokens", 12));
        assertThat(json.path("tokens_per_step").doubleValue()).isBetween(0.3 * 32 * 12, 0.8 * 32 * 12);
    }

    @Test
    void anyVocabularyCanBeMeasuredWithRandomWeights() {
        JsonNode json = result(
                bench("--bench-result", "--no-ceiling", "--vocabulary", 4096, "--like", "tether", "--updates", "1x2"));
        assertThat(json.path("vocabulary").intValue()).isEqualTo(4096);
        assertThat(json.path("updates_per_rollout").intValue()).isEqualTo(2);
        assertThat(json.path("value").asString()).isEqualTo("shared");
    }

    @Test
    void promptsOfAFileAreAsked() throws IOException {
        Path prompts = Files.writeString(directory.resolve("prompts.json"), "{\"ids\": [[4, 5], [6, 7, 8, 9, 10]]}");
        assertThat(result(bench("--bench-result", "--no-ceiling", "--prompts", prompts))
                        .path("prompt_len")
                        .intValue())
                .isEqualTo(5);
    }

    @Test
    void theMeasuredModelEndsNoResponseAndIsGoneAfterwards() throws IOException {
        Path source = ModelNames.directory("builtin:reviews");
        assertThat(ModelDirectory.ofLanguageModel(source).stopIds()).isNotEmpty();
        Path made;
        try (BenchModel model = BenchModel.of(source, OptionalInt.empty(), 1)) {
            made = model.directory();
            assertThat(ModelDirectory.ofLanguageModel(made).stopIds()).isEmpty();
            assertThat(model.spec())
                    .isEqualTo(ModelDirectory.ofLanguageModel(source).spec());
        }
        assertThat(made).doesNotExist();
        assertThat(source.resolve("model.safetensors")).exists();
    }

    @Test
    void theRewardIsTheShareOfWantedTokens() {
        Episode episode = new Episode("", "", new int[] {9, 9}, new int[] {4, 5, 9, 8}, StopReason.TRUNCATED);
        assertThat(TokenShareReward.of(9).score(List.of(episode))).containsExactly(0.25);
        assertThat(TokenShareReward.upperHalf(11).score(List.of(episode))).containsExactly(0.75);
    }

    @Test
    void mistakesAreSaidInOneLine() throws IOException {
        assertThat(bench("--updates", "four").err())
                .isEqualTo("tether: --updates four: must be epochs x minibatches, such as 4x4\n");
        assertThat(bench("--algorithm", "dpo").err()).startsWith("tether: --algorithm dpo learns from pairs");
        assertThat(bench("--reward-token", 1024).err())
                .isEqualTo("tether: --reward-token 1024, must be a token id in 0..1023\n");
        assertThat(bench("--warmup", -1).err()).isEqualTo("tether: --warmup -1, must be at least 0\n");
        assertThat(bench("--value", "none").err()).startsWith("tether: --value none: model.value");
        assertThat(bench("--new-tokens", 999).err())
                .startsWith(
                        "tether: a prompt of 3 tokens and a response of 999 do not fit into the model's context of");
        Path prompts = Files.writeString(directory.resolve("prompts.json"), "[[4, 5], [6, -1]]");
        assertThat(bench("--prompts", prompts).err())
                .isEqualTo("tether: " + prompts + ": ids[1] holds -1, must be token ids in 0..1023\n");
        assertThat(bench("--responses", "short").err()).contains("\"short\" is none of full, ragged");
        assertThat(bench("--updates", "0x4").exitCode()).isEqualTo(2);
    }
}
