package dev.tether.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.cli.CommandLineRun;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.reward.RewardModel;
import dev.tether.trainer.reward.RewardSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PlanCommandTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** Scores of eight outcomes that the reference gives with equal probability, for two prompts. */
    private static final double[][] SCORES = {{0, 0.1, 0.3, 0.4, 0.5, 0.9, 1.3, 2}, {-1, -1, -1, -1, 0, 0, 1, 1}};

    @TempDir
    private Path directory;

    private static JsonNode json(Object... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return JSON.readTree(run.out());
    }

    /** Each outcome as often as its probability has it, {@code copies} times. */
    private Path scored(int copies) throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int copy = 0; copy < copies; copy++) {
            for (int p = 0; p < SCORES.length; p++) {
                for (double score : SCORES[p]) {
                    rows.append("{\"prompt\": \"p%d\", \"reward\": %s}%n".formatted(p, score));
                }
            }
        }
        return Files.writeString(directory.resolve("scored.jsonl"), rows);
    }

    /** E[r] and KL of π* ∝ exp(r/β) over equally likely outcomes, mean over prompts. */
    private static double[] closedForm(double klCoef) {
        double reward = 0;
        double nats = 0;
        for (double[] scores : SCORES) {
            double z = Arrays.stream(scores).map(r -> Math.exp(r / klCoef)).sum();
            for (double score : scores) {
                double p = Math.exp(score / klCoef) / z;
                reward += p * score / SCORES.length;
                nats += p * Math.log(p * scores.length) / SCORES.length;
            }
        }
        return new double[] {reward, nats};
    }

    @Test
    void theCurveIsTheClosedForm() throws IOException {
        JsonNode plan = json("plan", "--scored", scored(40), "--json", "--kl-coef-grid=0.2,0.5,1,3");
        double[] klCoefs = {3, 1, 0.5, 0.2};
        assertThat(plan.get("points").size()).isEqualTo(4);
        for (int i = 0; i < klCoefs.length; i++) {
            JsonNode point = plan.get("points").get(i);
            double[] exact = closedForm(klCoefs[i]);
            assertThat(point.get("kl_coef").doubleValue()).isEqualTo(klCoefs[i]);
            assertThat(point.get("score").doubleValue()).isCloseTo(exact[0], within(1e-9));
            assertThat(point.get("nats").doubleValue()).isCloseTo(exact[1], within(1e-9));
            assertThat(point.get("objective").doubleValue()).isCloseTo(exact[0] - klCoefs[i] * exact[1], within(1e-9));
            assertThat(point.get("nats_band").get(0).doubleValue()).isLessThanOrEqualTo(exact[1]);
            assertThat(point.get("nats_band").get(1).doubleValue()).isGreaterThanOrEqualTo(exact[1]);
        }
    }

    @Test
    void aWishedKlIsAnsweredWithItsBetaOrHonestlyNot() throws IOException {
        JsonNode answers = json("plan", "--scored", scored(40), "--json", "--kl-target=0.5,6")
                .get("suggestions");
        double klCoef = answers.get(0).get("point").get("kl_coef").doubleValue();
        assertThat(closedForm(klCoef)[1]).isCloseTo(0.5, within(1e-6));
        assertThat(answers.get(1).get("point").isNull()).isTrue();
        assertThat(answers.get(1).has("kl_coef_above")).isFalse();
        CommandLineRun run = CommandLineRun.of("plan", "--scored", scored(40), "--kl-target=0.5,6");
        assertThat(run.out())
                .contains(
                        "for a KL of 0.5 nats per sequence: beta = ",
                        "for a KL of 6 nats per sequence: these samples cannot tell, more")
                .contains("320 samples per prompt tell of a KL up to 1.")
                .contains("n=1 0.219 (0)");
    }

    @Test
    void theGridOfItsOwnGoesAsFarAsTheSamplesSeeAndALittleFurther() throws IOException {
        JsonNode points = json("plan", "--scored", scored(4), "--json").get("points");
        assertThat(points.get(0).get("nats").doubleValue()).isCloseTo(0.05, within(0.01));
        assertThat(points.get(0).get("reach").stringValue()).isEqualTo("seen");
        assertThat(points.get(points.size() - 1).get("nats").doubleValue())
                .isGreaterThan(points.get(0).get("nats").doubleValue());
    }

    @Test
    void samplesOfTheBuiltInModelAreScoredAsTrainingScoresThemAndCanBeKept() throws IOException {
        Path kept = directory.resolve("kept.jsonl");
        Object[] sampling = {"plan", "--prompts-used=2", "--samples-per-prompt=70", "--max-new-tokens=10", "--json"};
        Object[] keeping = Arrays.copyOf(sampling, sampling.length + 4);
        keeping[sampling.length] = "--save-scored";
        keeping[sampling.length + 1] = kept;
        keeping[sampling.length + 2] = "--set=reward.scale=2";
        keeping[sampling.length + 3] = "--set=reward.missing_eos_penalty=0.5";
        JsonNode plan = json(keeping);
        List<JsonNode> rows =
                Files.readAllLines(kept).stream().map(JSON::readTree).toList();
        assertThat(rows).hasSize(140);
        assertThat(rows.stream().map(row -> row.get("response").stringValue()).distinct())
                .as("different seeds per batch")
                .hasSizeGreaterThan(100);
        RewardModel lexicon = RewardSpec.parse("lexicon");
        List<Episode> episodes = rows.stream()
                .map(row -> new Episode(
                        row.get("prompt").stringValue(),
                        row.get("response").stringValue(),
                        new int[] {1},
                        new int[] {1},
                        StopReason.TRUNCATED))
                .toList();
        double[] raw = lexicon.score(episodes);
        for (int i = 0; i < raw.length; i++) {
            double shaped = rows.get(i).get("score").doubleValue();
            assertThat(List.of(2 * raw[i], 2 * raw[i] - 0.5)).anyMatch(expected -> Math.abs(expected - shaped) < 1e-12);
        }
        assertThat(plan.get("prompts").intValue()).isEqualTo(2);
        JsonNode again = json("plan", "--scored", kept, "--json");
        assertThat(again.get("points")).isEqualTo(plan.get("points"));
        assertThat(json(keeping)).isEqualTo(plan);
    }

    @Test
    void thePageIsWritten() throws IOException {
        Path page = directory.resolve("plan.html");
        CommandLineRun run = CommandLineRun.of("plan", "--scored", scored(40), "--out", page);
        assertThat(run.out()).contains("page: " + page);
        assertThat(Files.readString(page)).contains("<svg", "320 samples per prompt tell of");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "--kl-target 0 # --kl-target 0.0, must be finite and > 0",
                "--kl-coef-grid 1,-1 # --kl-coef-grid -1.0, must be finite and > 0",
                "--prompts-used 0 # --prompts-used 0, must be at least 1",
                "--samples-per-prompt 1 # --samples-per-prompt 1, must be at least 2",
                "--reward nice # reward \"nice\" is of no known kind",
                "--model /absent # there is no model directory /absent",
                "--max-new-tokens 0 # --max-new-tokens 0: generation.max_new_tokens = 0",
                "--scored /absent # cannot read /absent",
            })
    void badWishesAreToldInOneLine(String options, String message) {
        Object[] words = ("plan " + options).split(" ");
        CommandLineRun run = CommandLineRun.of(words);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("tether: ").contains(message).hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{\"prompt\": \"a\"} # line 1: \"score\" (or \"reward\") must be a finite number",
                "{\"score\": 1} # line 1: \"prompt\" must be a string",
                "{\"prompt\": \"a\", \"score\": 1}\\n[] # line 2 must be a JSON object",
                "{\"prompt\" # line 1 is not JSON",
                "\\n # has no row",
                "{\"prompt\": \"a\", \"score\": 1}\\n{\"prompt\": \"b\", \"score\": 2} # there is nothing that a policy",
                "{\"prompt\": \"a\", \"score\": 1}\\n{\"prompt\": \"a\", \"score\": 2}\\n{\"prompt\": \"b\", \"score\": 2}"
                        + " # samples of prompt 1 = 1, must be at least 2",
            })
    void badSamplesAreNamedByTheirPlace(String text, String message) throws IOException {
        Path file = Files.writeString(directory.resolve("bad.jsonl"), text.replace("\\n", "\n"));
        CommandLineRun run = CommandLineRun.of("plan", "--scored", file);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("tether: ").contains(message).hasLineCount(1);
    }

    @Test
    void scoresAreGroupedByPromptInTheOrderOfTheirRows() {
        ScoredSamples samples = new ScoredSamples(
                "x",
                List.of(
                        new ScoredSamples.Row("b", "", 1),
                        new ScoredSamples.Row("a", "", 2),
                        new ScoredSamples.Row("b", "", 3)));
        assertThat(Arrays.stream(samples.scores()).map(Arrays::toString).collect(Collectors.joining()))
                .isEqualTo("[1.0, 3.0][2.0]");
    }
}
