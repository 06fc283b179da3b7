package dev.tether.cli.kl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.cli.CommandLineRun;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.kl.SequenceSums;
import dev.tether.core.stats.Bootstrap;
import dev.tether.core.stats.Interval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class KlCommandTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Offset<Double> EXACT = within(1e-12);
    private static final String TUTORIAL =
            "\"logprobs\": [-2.0, -2.5, -3.0, -2.2], \"ref_logprobs\": [-2.1, -2.3, -2.8, -2.5]";

    @TempDir
    private Path directory;

    @Test
    void theTutorialsRewardsAreReproduced() {
        JsonNode row = rows("{" + TUTORIAL + ", \"reward\": [1.0, 0.5, -0.2, 0.8]}", "--kl-coef", "0.1")
                .get(0);
        assertThat(numbers(row.get("kl"))).containsExactly(new double[] {0.10, -0.20, -0.20, 0.30}, EXACT);
        assertThat(numbers(row.get("rewards"))).containsExactly(new double[] {0.99, 0.52, -0.18, 0.77}, EXACT);
        assertThat(row.get("penalty").doubleValue()).isCloseTo(0.1 * 0.0 / 4, EXACT);
    }

    @Test
    void oneRewardLandsOnTheLastCountedToken() {
        JsonNode row = rows("{" + TUTORIAL + ", \"reward\": 2, \"mask\": [1, true, 1, 0]}")
                .get(0);
        assertThat(numbers(row.get("kl"))).containsExactly(new double[] {0.1, -0.2, -0.2, 0}, EXACT);
        assertThat(numbers(row.get("rewards"))).containsExactly(new double[] {-0.01, 0.02, 2.02, 0}, EXACT);
        assertThat(row.get("penalty").doubleValue()).isCloseTo(0.1 * -0.3 / 3, EXACT);
    }

    @Test
    void aRowWithoutRewardHasNoRewards() {
        assertThat(rows("{" + TUTORIAL + "}").get(0).has("rewards")).isFalse();
    }

    @Test
    void whatTheMaskLeavesOutIsNeverRead() {
        JsonNode row = rows("{\"logprobs\": [-1.0, 1.0, null], \"ref_logprobs\": [-1.5, NaN, \"pad\"],"
                        + " \"mask\": [true, false, false], \"reward\": [1, null, 7], \"id\": 3}")
                .get(0);
        assertThat(numbers(row.get("rewards"))).containsExactly(new double[] {0.95, 0, 0}, EXACT);
    }

    @ParameterizedTest
    @CsvSource({"k1, k1", "abs_k1, abs", "k2, k2", "k3, k3_expm1"})
    void everyEstimatorAgreesWithTheGoldenNumbers(String estimator, String goldenKey) {
        for (JsonNode golden : goldenCases()) {
            String input = jsonLines(golden);
            JsonNode answer = answer(CommandLineRun.reading(input, "kl", "-", "--estimator", estimator));
            double[] nats = IntStream.range(0, answer.get("rows").size())
                    .mapToObj(b -> answer.get("rows").get(b).get("kl"))
                    .flatMapToDouble(row -> Arrays.stream(numbers(row)))
                    .toArray();
            double[] expected = IntStream.range(0, golden.get(goldenKey).size())
                    .mapToObj(b -> golden.get(goldenKey).get(b))
                    .flatMapToDouble(row -> Arrays.stream(numbers(row)))
                    .toArray();
            assertThat(nats).hasSameSizeAs(expected);
            for (int i = 0; i < nats.length; i++) {
                assertThat(nats[i]).isCloseTo(expected[i], within(1e-9 * Math.max(1, Math.abs(expected[i]))));
            }
        }
    }

    @Test
    void theSummaryHasEveryFigureByEveryEstimator() {
        String input = "{\"logprobs\": [-1, -1], \"ref_logprobs\": [-2, -1]}\n"
                + "{\"logprobs\": [-1, -1, -1, -1], \"ref_logprobs\": [-2, -2, -2, -2]}\n";
        JsonNode summary =
                answer(CommandLineRun.reading(input, "kl", "-", "--summary")).get("summary");
        assertThat(summary.get("tokens").intValue()).isEqualTo(6);
        assertThat(summary.get("sequences").intValue()).isEqualTo(2);
        JsonNode k1 = summary.get("k1");
        assertThat(k1.get("nats_per_token").doubleValue()).isCloseTo(5.0 / 6, EXACT);
        assertThat(k1.get("nats_per_sequence").doubleValue()).isCloseTo(2.5, EXACT);
        // two sequences with sums 1 and 4: s² = 4.5, se = √(4.5 / 2)
        assertThat(k1.get("se_nats_per_sequence").doubleValue()).isCloseTo(1.5, EXACT);
        assertThat(k1.get("max_nats_per_token").doubleValue()).isCloseTo(1, EXACT);
        assertThat(summary.get("k2").get("nats_per_sequence").doubleValue()).isCloseTo(1.25, EXACT);
        assertThat(summary.get("k3").get("nats_per_sequence").doubleValue()).isCloseTo(2.5 * Math.exp(-1), EXACT);
        assertThat(summary.get("abs_k1").get("nats_per_token").doubleValue()).isCloseTo(5.0 / 6, EXACT);
    }

    @Test
    void theErrorOfASingleSequenceIsUnknownNotZero() {
        JsonNode summary =
                answer(CommandLineRun.reading("{" + TUTORIAL + "}", "kl", "-")).get("summary");
        assertThat(summary.get("k1").get("se_nats_per_sequence").isNull()).isTrue();
    }

    /** Sequences of two tokens whose log-ratios are {@code mean} give or take something, in turns. */
    private static String sequences(int count, double mean) {
        StringBuilder rows = new StringBuilder();
        for (int b = 0; b < count; b++) {
            double wiggle = 0.1 * Math.sin(7.0 * b);
            rows.append("{\"logprobs\": [-2, -3], \"ref_logprobs\": [%s, %s]}%n"
                    .formatted(-2 - mean / 2 + wiggle, -3 - mean / 2 + wiggle));
        }
        return rows.toString();
    }

    @Test
    void aKlBelowZeroByMoreThanNoiseIsAFindingWithItsLikelyCauses() {
        CommandLineRun run = CommandLineRun.reading(sequences(40, -0.5), "kl", "-", "--summary");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .hasLineCount(1)
                .startsWith("tether: KL(policy ‖ reference) is -0.")
                .contains("below zero by more than noise", "temperature, top-k or top-p");
        JsonNode significance = JSON.readTree(run.out()).get("summary").get("significance");
        assertThat(significance.get("verdict").stringValue()).isEqualTo("negative");
        assertThat(significance.get("p_value").doubleValue()).isLessThan(1e-3);
        assertThat(significance.get("likely_causes").size()).isGreaterThan(2);
    }

    @Test
    void aKlBelowZeroByNoiseIsNone() {
        JsonNode significance = answer(CommandLineRun.reading(sequences(40, -0.01), "kl", "-"))
                .get("summary")
                .get("significance");
        assertThat(significance.get("verdict").stringValue()).isEqualTo("noise");
        assertThat(significance.get("t").doubleValue()).isNegative();
    }

    @Test
    void k1AndK3DisagreeWhereTheTokensCameFromElsewhere() {
        assertThat(disagreement(sequences(40, 1)).get("within_4_errors").booleanValue())
                .isFalse();
        // d = ±log 2 drawn with the odds that make E[e^(−d)] = 1: two of three are +log 2
        String fair = "{\"logprobs\": [-1], \"ref_logprobs\": [%s]}%n".formatted(-1 - Math.log(2));
        String other = "{\"logprobs\": [-1], \"ref_logprobs\": [%s]}%n".formatted(-1 + Math.log(2));
        JsonNode disagreement = disagreement((fair + fair + other).repeat(10));
        assertThat(disagreement.get("nats_per_sequence").doubleValue()).isCloseTo(0, EXACT);
        assertThat(disagreement.get("within_4_errors").booleanValue()).isTrue();
    }

    private static JsonNode disagreement(String rows) {
        return JSON.readTree(CommandLineRun.reading(rows, "kl", "-").out())
                .get("summary")
                .get("disagreement");
    }

    @Test
    void theIntervalIsTheBootstrapOfWholeSequences() {
        String input = "{\"logprobs\": [-1, -1], \"ref_logprobs\": [-2, -1]}\n"
                + "{\"logprobs\": [-1, -1, -1, -1], \"ref_logprobs\": [-2, -2, -2, -2]}\n"
                + "{\"logprobs\": [-1], \"ref_logprobs\": [-1.5]}\n";
        JsonNode k1 = answer(CommandLineRun.reading(input, "kl", "-", "--interval=0.8", "--seed=3"))
                .get("summary")
                .get("k1");
        SequenceSums sums = new SequenceSums(new double[] {1, 4, 0.5}, new long[] {2, 4, 1});
        Bootstrap bootstrap = new Bootstrap(0.8, 1000, 3);
        Interval perSequence = sums.interval(KlUnit.NATS_PER_SEQUENCE, bootstrap);
        Interval perToken = sums.interval(KlUnit.NATS_PER_TOKEN, bootstrap);
        assertThat(numbers(k1.get("interval_nats_per_sequence")))
                .containsExactly(perSequence.low(), perSequence.high());
        assertThat(numbers(k1.get("interval_nats_per_token"))).containsExactly(perToken.low(), perToken.high());
    }

    @Test
    void directionAndOtherDistributionAreDeclared() {
        assertThat(declared()).isEqualTo("KL(policy ‖ reference) from policy");
        assertThat(declared("--against=sampler")).isEqualTo("KL(sampler ‖ policy) from sampler");
        assertThat(declared("--against=old_policy", "--direction=policy_first"))
                .isEqualTo("KL(policy ‖ old policy) from policy");
    }

    private static String declared(String... options) {
        Object[] arguments = new Object[options.length + 2];
        arguments[0] = "kl";
        arguments[1] = "-";
        System.arraycopy(options, 0, arguments, 2, options.length);
        JsonNode summary =
                answer(CommandLineRun.reading("{" + TUTORIAL + "}", arguments)).get("summary");
        return summary.get("kl").stringValue() + " from "
                + summary.get("tokens_drawn_from").stringValue();
    }

    @Test
    void topLogprobsBoundTheExactKl() {
        double[] p = {0.6, 0.25, 0.1, 0.05};
        double[] q = {0.3, 0.3, 0.2, 0.2};
        double exact = IntStream.range(0, 4)
                .mapToDouble(v -> p[v] * Math.log(p[v] / q[v]))
                .sum();
        JsonNode whole = bounds(4, p, q);
        assertThat(whole.get("lower_nats_per_token").doubleValue()).isCloseTo(exact, EXACT);
        assertThat(whole.get("upper_nats_per_token").doubleValue()).isCloseTo(exact, EXACT);
        JsonNode two = bounds(2, p, q);
        assertThat(two.get("lower_nats_per_token").doubleValue())
                .isLessThan(exact)
                .isGreaterThan(0);
        assertThat(two.get("upper_nats_per_token").isNull()).isTrue();
        assertThat(two.get("mean_tail_mass").doubleValue()).isCloseTo(0.15, EXACT);
        double floored = bounds(2, p, q, "--ref-logprob-floor", Double.toString(Math.log(0.2)))
                .get("upper_nats_per_token")
                .doubleValue();
        assertThat(floored).isGreaterThan(exact).isLessThan(1);
    }

    /** Two sequences, of which the second's only position is known by its first {@code k} tokens. */
    private static JsonNode bounds(int k, double[] p, double[] q, String... options) {
        String row =
                "{\"logprobs\": [-1, 7], \"ref_logprobs\": [-1, 7], \"mask\": [1, 0], \"top_logprobs\": [%s, \"pad\"],"
                        + " \"ref_top_logprobs\": [%s, null]}";
        String input = "{" + TUTORIAL + "}\n" + row.formatted(logs(p, k), logs(q, k));
        Object[] arguments = new Object[options.length + 2];
        arguments[0] = "kl";
        arguments[1] = "-";
        System.arraycopy(options, 0, arguments, 2, options.length);
        JsonNode answer = answer(CommandLineRun.reading(input, arguments));
        assertThat(answer.get("rows").get(1).get("kl_bounds").size()).isEqualTo(2);
        assertThat(answer.get("rows").get(0).has("kl_bounds")).isFalse();
        return answer.get("summary").get("bounds_from_top_logprobs");
    }

    private static String logs(double[] probabilities, int k) {
        return Arrays.toString(
                Arrays.stream(probabilities).limit(k).map(Math::log).toArray());
    }

    @Test
    void aFileIsReadAsTheStandardInputIs() throws IOException {
        Path file = Files.writeString(directory.resolve("rows.jsonl"), "\n{" + TUTORIAL + ", \"score\": 1}\n");
        CommandLineRun run = CommandLineRun.of("kl", file);
        assertThat(answer(run).get("rows").get(0).get("line").intValue()).isEqualTo(2);
        assertThat(answer(run).get("rows").get(0).has("rewards")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "not json # line 2 is not JSON",
                "[1] # line 2: must be a JSON object",
                "{\"logprobs\": [-1]} # line 2: no \"ref_logprobs\"; the row has logprobs",
                "{\"logprobs\": -1, \"ref_logprobs\": [-1]} # line 2: \"logprobs\" must be an array",
                "{\"logprobs\": [-1], \"ref_logprobs\": [-1, -2]} # logprobs has 1 tokens, ref_logprobs 2",
                "{\"logprobs\": [0.5], \"ref_logprobs\": [-1]} # line 2: logprobs[0] = 0.5, must be finite and <= 0",
                "{\"logprobs\": [-1], \"ref_logprobs\": [NaN]} # line 2: ref_logprobs[0] = NaN, must be finite",
                "{\"logprobs\": [\"x\"], \"ref_logprobs\": [-1]} # line 2: logprobs[0] = \"x\", must be a number",
                "{\"logprobs\": [-1], \"ref_logprobs\": [-1], \"mask\": [0]} # line 2: the response mask counts no token",
                "{\"logprobs\": [-1], \"ref_logprobs\": [-1], \"mask\": [2]} # line 2: mask[0] = 2, must be true or false",
                "{\"logprobs\": [-1], \"ref_logprobs\": [-1], \"mask\": 1} # \"mask\" must be an array",
                "{\"logprobs\": [-1], \"ref_logprobs\": [-1], \"mask\": [1, 1]} # mask has 2 tokens, logprobs 1",
                "{\"logprobs\": [-1], \"ref_logprobs\": [-1], \"reward\": [1, 2]} # reward has 2 tokens, logprobs 1",
                "{\"logprobs\": [-1], \"ref_logprobs\": [-1], \"reward\": \"good\"} # reward = \"good\", must be a number",
                "{\"logprobs\": [-1], \"ref_logprobs\": [-1], \"reward\": NaN} # reward = NaN, must be finite",
                "{\"logprobs\": [-1], \"ref_logprobs\": [-1], \"top_logprobs\": [[-1]]} # no \"ref_top_logprobs\"",
                "{\"logprobs\": [-1], \"ref_logprobs\": [-1], \"top_logprobs\": [[-1], [-1]], \"ref_top_logprobs\": [[-1]]}"
                        + " # top_logprobs has 2 tokens, logprobs 1",
                "{\"logprobs\": [-1], \"ref_logprobs\": [-1], \"top_logprobs\": [-1], \"ref_top_logprobs\": [[-1]]}"
                        + " # top_logprobs[0] must be an array of logprobs",
                "{\"logprobs\": [-1], \"ref_logprobs\": [-1], \"top_logprobs\": [[-1]], \"ref_top_logprobs\": [[-1, -2]]}"
                        + " # line 2: top_logprobs and ref_top_logprobs of token 0: ref_logprobs has length 2",
                "{\"logprobs\": [-1], \"ref_logprobs\": [-1], \"top_logprobs\": [[0.5]], \"ref_top_logprobs\": [[-1]]}"
                        + " # line 2: top_logprobs and ref_top_logprobs of token 0: a value of logprobs = 0.5, must be",
            })
    void everyBadRowIsNamedByItsLineAndNothingIsPrinted(String row, String message) {
        CommandLineRun run = CommandLineRun.reading("{" + TUTORIAL + "}\n" + row + "\n", "kl", "-");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("tether: standard input ")
                .contains(message)
                .hasLineCount(1);
    }

    @Test
    void badOptionsAndFilesAreRefused() {
        refused("no such file", "kl", directory.resolve("absent.jsonl"));
        refused("has no row", "kl", "-");
        refused("none of k1, abs_k1, k2, k3", "kl", "-", "--estimator", "k4");
        refused("kl_coef = -1.0", "kl", "-", "--kl-coef", "-1");
        refused("Missing required parameter: 'FILE'", "kl");
        refused("none of reference, old_policy, sampler", "kl", "-", "--against", "nobody");
        refused("none of policy_first, policy_second", "kl", "-", "--direction", "back");
        refused("level = 1.0, must be in (0, 1)", "kl", "-", "--interval", "1");
        refused("--ref-logprob-floor 1.0, must be <= 0", "kl", "-", "--ref-logprob-floor", "1");
    }

    private static void refused(String message, Object... arguments) {
        String input = message.equals("has no row") ? "" : "{" + TUTORIAL + "}";
        CommandLineRun run = CommandLineRun.reading(input, arguments);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("tether: ").contains(message);
    }

    private static JsonNode rows(String input, String... options) {
        Object[] arguments = new Object[options.length + 2];
        arguments[0] = "kl";
        arguments[1] = "-";
        System.arraycopy(options, 0, arguments, 2, options.length);
        return answer(CommandLineRun.reading(input, arguments)).get("rows");
    }

    private static JsonNode answer(CommandLineRun run) {
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return JSON.readTree(run.out());
    }

    private static List<JsonNode> goldenCases() {
        Path file = Path.of(System.getProperty("tether.shared"), "golden", "golden.json");
        assumeTrue(Files.exists(file), "the golden numbers are not here: " + file);
        return List.copyOf(
                JSON.readTree(file.toFile()).get("kl_per_token").get("cases").values());
    }

    private static String jsonLines(JsonNode golden) {
        StringBuilder lines = new StringBuilder();
        for (int b = 0; b < golden.get("logprobs").size(); b++) {
            lines.append("{\"logprobs\": ")
                    .append(golden.get("logprobs").get(b))
                    .append(", \"ref_logprobs\": ")
                    .append(golden.get("ref_logprobs").get(b))
                    .append("}\n");
        }
        return lines.toString();
    }

    private static double[] numbers(JsonNode array) {
        return IntStream.range(0, array.size())
                .mapToDouble(i -> array.get(i).isString()
                        ? Double.parseDouble(array.get(i).stringValue())
                        : array.get(i).doubleValue())
                .toArray();
    }
}
