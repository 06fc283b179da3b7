package dev.tether.cli.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.cli.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code generate} and {@code score} on a small real model. */
class ModelCommandsTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path SHARED = Path.of(System.getProperty("tether.shared"));
    private static final Path MODEL = SHARED.resolve("models/stories260K");

    @BeforeEach
    void needTheModel() {
        assumeTrue(Files.isDirectory(MODEL), "the small model is not here: " + MODEL);
    }

    @Test
    void greedyTextIsTheReferencesText() {
        JsonNode golden = JSON.readTree(MODEL.resolve("GOLDEN.json").toFile());
        int[] prompt = ints(golden.get("greedy_prompt_ids"));
        int[] expected = ints(golden.get("greedy_ids"));
        int tokens = expected.length - prompt.length;
        Object[] arguments = {
            "generate", "--model", MODEL, "--prompt", "Once upon a time", "--greedy", "--max-new-tokens", tokens
        };
        JsonNode answer = json(with(arguments, "--json"));
        assertThat(ints(answer.get("prompt_ids"))).isEqualTo(prompt);
        assertThat(ints(answer.get("response_ids")))
                .isEqualTo(Arrays.copyOfRange(expected, prompt.length, expected.length));
        assertThat(CommandLineRun.of(arguments).out())
                .isEqualTo(golden.get("greedy_text").stringValue() + System.lineSeparator());
    }

    @Test
    void scoresAreTheReferencesScores() {
        JsonNode golden = JSON.readTree(MODEL.resolve("GOLDEN.json").toFile());
        JsonNode read =
                json("score", "--model", MODEL, "--text", golden.get("text").stringValue(), "--json");
        // the reference read the beginning of the text only, which the rest does not change
        int[] ids = ints(golden.get("input_ids"));
        assertThat(ints(read.get("ids"))).startsWith(ids);
        for (int t = 1; t < ids.length; t++) {
            assertThat(read.get("logprobs").get(t).doubleValue())
                    .isCloseTo(golden.get("logprob_of_next_token").get(t - 1).doubleValue(), within(1e-4));
            assertThat(read.get("entropies").get(t).doubleValue())
                    .isCloseTo(golden.get("entropy").get(t - 1).doubleValue(), within(1e-4));
        }
    }

    @Test
    void againstItselfEveryLogRatioIsRounding() {
        JsonNode answer = json(
                "generate",
                "--model",
                MODEL,
                "--against",
                MODEL,
                "--prompt",
                "Once upon",
                "--json",
                "--seed",
                3,
                "--max-new-tokens",
                8,
                "--temperature",
                "0.7");
        assertThat(answer.get("log_ratios").size())
                .isEqualTo(answer.get("response_ids").size());
        assertThat(doubles(answer.get("log_ratios"))).containsExactly(new double[8], within(2e-6));
        assertThat(answer.get("sum_log_ratios").doubleValue()).isCloseTo(0, within(1e-5));
        assertThat(doubles(answer.get("exact_kl"))).containsExactly(new double[8], within(2e-6));
    }

    @Test
    void againstAnotherModelEveryTokenIsReadByBoth(@TempDir Path directory) throws IOException {
        Path other = Files.createDirectory(directory.resolve("other"));
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(MODEL.resolve(file), other.resolve(file));
        }
        Path config = other.resolve("config.json");
        String otherNorm = Files.readString(config).replaceFirst("\"rms_norm_eps\": [^,]+", "\"rms_norm_eps\": 0.3");
        assertThat(otherNorm).isNotEqualTo(Files.readString(config));
        Files.writeString(config, otherNorm);
        Object[] arguments = {
            "generate", "--model", MODEL, "--against", other, "--prompt", "Once upon", "--max-new-tokens", 12
        };
        JsonNode answer = json(with(arguments, "--json"));
        String ids = IntStream.concat(
                        IntStream.of(ints(answer.get("prompt_ids"))), IntStream.of(ints(answer.get("response_ids"))))
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(","));
        JsonNode byOther =
                json("score", "--model", other, "--ids", ids, "--json").get("logprobs");
        double[] refLogprobs = doubles(answer.get("ref_logprobs"));
        int prompt = answer.get("prompt_ids").size();
        for (int t = 0; t < refLogprobs.length; t++) {
            assertThat(refLogprobs[t]).isCloseTo(byOther.get(prompt + t).doubleValue(), within(1e-5));
            assertThat(answer.get("exact_kl").get(t).doubleValue()).isPositive();
        }
        assertThat(answer.get("sum_exact_kl").doubleValue()).isGreaterThan(0.01);
        Path page = directory.resolve("answer.html");
        String text = CommandLineRun.of(with(with(arguments, "--html"), page)).out();
        assertThat(text)
                .contains("exact-KL", "most of the exact KL was spent where it wrote")
                .doesNotContain("\u001b");
        assertThat(Files.readString(page)).contains("log-ratio", "rgba(");
        assertThat(CommandLineRun.of(with(with(arguments, "--color"), "always")).out())
                .contains("\u001b[38;5;16;48;5;", "liked more");
    }

    @Test
    void aPageWithoutASecondModelIsRefused() {
        refused("give one with --against", "generate", "--model", MODEL, "--prompt", "x", "--html", "x.html");
    }

    @Test
    void theSeedDecidesTheText() {
        assertThat(text(1)).isEqualTo(text(1)).isNotEqualTo(text(2));
    }

    private static String text(int seed) {
        return CommandLineRun.of(
                        "generate", "--model", MODEL, "--prompt", "Once", "--seed", seed, "--max-new-tokens", 20)
                .out();
    }

    @Test
    void scoreReadsWhatGenerateWrote() {
        JsonNode written = json("generate", "--model", MODEL, "--prompt", "Once upon", "--json", "--max-new-tokens", 6);
        int[] prompt = ints(written.get("prompt_ids"));
        int[] response = ints(written.get("response_ids"));
        String ids = IntStream.concat(IntStream.of(prompt), IntStream.of(response))
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(","));
        JsonNode read = json("score", "--model", MODEL, "--ids", ids, "--json");
        assertThat(read.get("logprobs").get(0).isNull()).isTrue();
        for (int t = 0; t < response.length; t++) {
            assertThat(read.get("logprobs").get(prompt.length + t).doubleValue())
                    .isCloseTo(written.get("logprobs").get(t).doubleValue(), within(1e-5));
            assertThat(read.get("entropies").get(prompt.length + t).doubleValue())
                    .isCloseTo(written.get("entropies").get(t).doubleValue(), within(1e-5));
        }
        double sum = IntStream.range(1, read.get("ids").size())
                .mapToDouble(t -> read.get("logprobs").get(t).doubleValue())
                .sum();
        assertThat(read.get("sum_logprobs").doubleValue()).isCloseTo(sum, within(1e-12));
        assertThat(read.get("perplexity").doubleValue())
                .isCloseTo(Math.exp(-sum / (read.get("ids").size() - 1)), within(1e-9));
    }

    @Test
    void scoreShowsATableOfTokens() {
        CommandLineRun run = CommandLineRun.of("score", "--model", MODEL, "--text", "Once upon a time\nLily");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("token").contains("logprob", "entropy", "\" Once\"", "perplexity");
        assertThat(run.out().lines().filter(line -> line.startsWith("\""))).hasSizeGreaterThan(4);
    }

    @Test
    void badInputIsRefusedInOneLine() {
        refused("there is no model directory", "generate", "--model", "/absent", "--prompt", "x");
        refused("there is no model directory", "generate", "--model", MODEL, "--against", "/absent", "--prompt", "x");
        refused("temperature = -1.0", "generate", "--model", MODEL, "--prompt", "x", "--temperature", -1);
        refused("top_p = 0.0", "generate", "--model", MODEL, "--prompt", "x", "--top-p", 0);
        refused("max_new_tokens = 0", "generate", "--model", MODEL, "--prompt", "x", "--max-new-tokens", 0);
        refused("the model's context is 512", "generate", "--model", MODEL, "--prompt", "x", "--max-new-tokens", 600);
        refused("token id 512, must be in 0..511", "score", "--model", MODEL, "--ids", "1,512");
        refused("must be whole numbers", "score", "--model", MODEL, "--ids", "1,x");
        refused("at least 2 are needed", "score", "--model", MODEL, "--ids", "1");
        refused(
                "only models of the same vocabulary",
                "generate",
                "--model",
                MODEL,
                "--prompt",
                "x",
                "--against",
                SHARED.resolve("models/stories15M"));
    }

    private static void refused(String message, Object... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("tether: ").contains(message).hasLineCount(1);
    }

    private static JsonNode json(Object... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return JSON.readTree(run.out());
    }

    private static Object[] with(Object[] arguments, Object more) {
        Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = more;
        return all;
    }

    private static int[] ints(JsonNode array) {
        return array.values().stream().mapToInt(JsonNode::intValue).toArray();
    }

    private static double[] doubles(JsonNode array) {
        return array.values().stream().mapToDouble(JsonNode::doubleValue).toArray();
    }
}
