package dev.tether.cli.kl;

import dev.tether.cli.console.EstimatorName;
import dev.tether.cli.console.ExitCode;
import dev.tether.core.kl.KlEstimator;
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
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
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
                    + "(true or 1 = counts) and reward (one number, which lands on the last counted token, or one per "
                    + "token). Other keys are ignored, so the samples.jsonl of a run can be read too.",
            "",
            "The answer has per row kl, kl_penalty = -B kl and rewards (all per token) and penalty = B times the row's "
                    + "mean kl; and under \"summary\", by each estimator, the KL of all rows in nats per token and per "
                    + "sequence, with standard errors clustered by sequence (null where unknown)."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether kl rows.jsonl --kl-coef 0.1",
            "  tether kl runs/NAME/samples.jsonl --summary",
            "  echo '{\"logprobs\": [-2.0, -2.5], \"ref_logprobs\": [-2.1, -2.3], \"reward\": 1}' | tether kl -"
        })
public final class KlCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.shared();

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

    @Option(names = "--summary", description = "Only the figures over all rows.")
    private boolean summaryOnly;

    @Override
    public Integer call() {
        List<LogprobRow> rows = rows();
        KlJson json = new KlJson(estimator, klCoef);
        StringBuilder text = new StringBuilder("{");
        if (!summaryOnly) {
            text.append(rows.stream()
                    .map(row -> "\n    " + JSON.writeValueAsString(json.row(row)))
                    .collect(Collectors.joining(",", "\n  \"rows\": [", "\n  ],")));
        }
        String summary = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json.summary(rows));
        text.append("\n  \"summary\": ").append(summary.replace("\n", "\n  ")).append("\n}");
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
        return ExitCode.DONE;
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
