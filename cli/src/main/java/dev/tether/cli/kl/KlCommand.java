package dev.tether.cli.kl;

import dev.tether.cli.console.EstimatorName;
import dev.tether.cli.console.ExitCode;
import dev.tether.cli.console.Words;
import dev.tether.core.kl.KlAgainst;
import dev.tether.core.kl.KlDirection;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.stats.Bootstrap;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** KL figures and shaped rewards of logprobs that somebody recorded. No model, no native code. */
@Command(
        name = "kl",
        header = "Every KL figure of recorded logprobs, as JSON.",
        description = {
            "A row of the file is a JSON object: logprobs and ref_logprobs (nats, one per token), and if you like mask "
                    + "(true or 1 = counts), reward (one number, which lands on the last counted token, or one per "
                    + "token), top_logprobs with ref_top_logprobs (per token, those of the k likeliest tokens: they bound "
                    + "the exact KL). Other keys are ignored, so the samples.jsonl of a run can be read too.",
            "",
            "The answer has per row kl, kl_penalty = -B kl and rewards (all per token) and penalty = B times the row's "
                    + "mean kl; and under \"summary\", by each estimator, the KL of all rows in nats per token and per "
                    + "sequence, with standard errors clustered by sequence (null where unknown) and bootstrap intervals.",
            "",
            "No KL is negative. One that reads below zero by more than noise (k1, one false alarm in 1000) is a finding, "
                    + "told on the error output with its likely causes, and the exit code is 1."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether kl rows.jsonl --kl-coef 0.1",
            "  tether kl runs/NAME/samples.jsonl --summary",
            "  tether kl engine.jsonl --against sampler --summary",
            "  echo '{\"logprobs\": [-2.0, -2.5], \"ref_logprobs\": [-2.1, -2.3], \"reward\": 1}' | tether kl -"
        })
public final class KlCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int RESAMPLES = 1000;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "JSON lines; - reads the standard input.")
    private String file;

    @Option(
            names = "--kl-coef",
            paramLabel = "B",
            defaultValue = "0.1",
            description = "Price of one nat in rewards and penalty. Default: ${DEFAULT-VALUE}.")
    private double klCoef;

    @Option(
            names = "--estimator",
            paramLabel = "NAME",
            defaultValue = "k1",
            converter = EstimatorName.class,
            description =
                    "k1, abs_k1, k2 or k3: what kl and rewards of a row are made with. Default: ${DEFAULT-VALUE}.")
    private KlEstimator estimator;

    @Option(
            names = "--against",
            paramLabel = "NAME",
            defaultValue = "reference",
            converter = AgainstName.class,
            description = "reference, old_policy or sampler: the distribution beside the policy. Default: "
                    + "${DEFAULT-VALUE}.")
    private KlAgainst against;

    @Option(
            names = "--direction",
            paramLabel = "NAME",
            converter = DirectionName.class,
            description =
                    "policy_first, KL(policy || other), or policy_second. The tokens were drawn from the first, and "
                            + "logprobs are its. Default: policy_first against the reference, else policy_second.")
    private Optional<KlDirection> direction;

    @Option(
            names = "--ref-logprob-floor",
            paramLabel = "NATS",
            description = "What the second's logprob of any token is at least, for the upper bound from top_logprobs.")
    private Optional<Double> refLogprobFloor;

    @Option(
            names = "--interval",
            paramLabel = "LEVEL",
            defaultValue = "0.95",
            description = "Level of the bootstrap intervals. Default: ${DEFAULT-VALUE}.")
    private double level;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "17",
            description = "Of the bootstrap. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--summary", description = "Only the figures over all rows.")
    private boolean summaryOnly;

    /** Reads the other distribution's name. */
    static final class AgainstName implements ITypeConverter<KlAgainst> {
        @Override
        public KlAgainst convert(String word) throws Exception {
            return Words.lowerCase(KlAgainst.class).convert(word);
        }
    }

    /** Reads the direction's name. */
    static final class DirectionName implements ITypeConverter<KlDirection> {
        @Override
        public KlDirection convert(String word) throws Exception {
            return Words.lowerCase(KlDirection.class).convert(word);
        }
    }

    @Override
    public Integer call() {
        List<LogprobRow> rows = rows();
        KlQuestion question = question();
        KlAnswer answer = new KlAnswer(question, rows);
        RowJson json = new RowJson(question);
        StringBuilder text = new StringBuilder("{");
        if (!summaryOnly) {
            text.append(rows.stream()
                    .map(row -> "\n    " + JSON.writeValueAsString(json.row(row)))
                    .collect(Collectors.joining(",", "\n  \"rows\": [", "\n  ],")));
        }
        String summary = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer.json());
        text.append("\n  \"summary\": ").append(summary.replace("\n", "\n  ")).append("\n}");
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
        if (answer.isNegative()) {
            spec.commandLine().getErr().println("tether: " + answer.sentence());
            return ExitCode.CHECK_FAILED;
        }
        return ExitCode.DONE;
    }

    private KlQuestion question() {
        refLogprobFloor.filter(floor -> !(floor <= 0)).ifPresent(floor -> {
            throw new InputException("--ref-logprob-floor " + floor + ", must be <= 0: a logprob is");
        });
        KlDirection usual = against == KlAgainst.REFERENCE ? KlDirection.POLICY_FIRST : KlDirection.POLICY_SECOND;
        return new KlQuestion(
                estimator,
                klCoef,
                direction.orElse(usual),
                against,
                refLogprobFloor.orElse(Double.NEGATIVE_INFINITY),
                new Bootstrap(level, RESAMPLES, seed));
    }

    private List<LogprobRow> rows() {
        boolean standardInput = file.equals("-");
        String source = standardInput ? "standard input" : file;
        try (BufferedReader reader = standardInput
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                : Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
            return new LogprobRows(source).read(reader);
        } catch (CharacterCodingException e) {
            throw new InputException(source + " is not UTF-8 text", e);
        } catch (IOException e) {
            throw new InputException("cannot read " + source + ": " + AtomicFiles.reason(e), e);
        }
    }
}
