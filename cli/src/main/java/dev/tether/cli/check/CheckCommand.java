package dev.tether.cli.check;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.console.Words;
import dev.tether.core.monitor.ObservedStep;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.foreign.FigureColumns;
import dev.tether.run.foreign.ForeignRuns;
import dev.tether.run.journal.Finding.Severity;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.monitor.RunCheck;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at runs with every check of the monitor. No model, no native code. */
@Command(
        name = "check",
        header = "What the monitor finds in runs, also in those of other trainers.",
        description = {
            "Looks at each step of each LOG with all checks of docs/checks.md. LOG is a run directory, its journal.jsonl, "
                    + "or a log of another trainer: JSON lines, or CSV with a header, whose columns are named with --column. "
                    + "Where the number of the step goes back in such a log, another run begins.",
            "",
            "FIGURE is a key of docs/metrics.md, such as score.mean, reference_kl.nats_per_token, gold_score.mean; or step. "
                    + "Whoever names a column vouches for its unit. NAME may be a.b for a value within an object."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether check runs/NAME",
            "  tether check runs/* --fail-on warning",
            "  tether check metrics.jsonl --column step=step --column reference_kl.nats_per_token=kl_div --json",
            "  tether check run.csv --column step=step --column score.mean=proxy --column gold_score.mean=gold \\",
            "      --column reference_kl.nats_per_sequence=kl"
        })
public final class CheckCommand implements Callable<Integer> {
    /** Reads a severity in lower case. */
    static final class SeverityConverter implements ITypeConverter<Severity> {
        @Override
        public Severity convert(String word) throws Exception {
            return Words.lowerCase(Severity.class).convert(word);
        }
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "LOG", arity = "1..*", description = "Run directories, journals, JSON lines or CSV.")
    private List<Path> logs;

    @Option(
            names = "--column",
            paramLabel = "FIGURE=NAME",
            description = "Which column of another trainer's log holds which figure. Once per figure.")
    private List<String> columns = new ArrayList<>();

    @Option(
            names = "--fail-on",
            paramLabel = "SEVERITY",
            converter = SeverityConverter.class,
            description = "Exit with 1 where something of this severity or worse is found: info, warning, critical. "
                    + "Default: exit with 0 whatever is found.")
    private Optional<Severity> failOn;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Override
    public Integer call() {
        FigureColumns mapping = FigureColumns.parse(columns);
        List<CheckedRun> runs =
                logs.stream().flatMap(log -> checked(log, mapping).stream()).toList();
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.print(json ? CheckJson.of(runs) + System.lineSeparator() : CheckText.of(runs));
        terminal.flush();
        boolean failed = failOn.isPresent() && runs.stream().anyMatch(run -> run.hasAtLeast(failOn.get()));
        return failed ? ExitCode.CHECK_FAILED : ExitCode.DONE;
    }

    private static List<CheckedRun> checked(Path log, FigureColumns mapping) {
        if (Files.isDirectory(log)) {
            return List.of(own(log, RunDirectory.open(log).journal()));
        }
        return JournalReader.isJournal(log) ? List.of(own(log, log)) : foreign(log, mapping);
    }

    private static CheckedRun own(Path log, Path journal) {
        return new CheckedRun(
                log.toString(), RunCheck.of(JournalReader.readAll(journal).steps()));
    }

    private static List<CheckedRun> foreign(Path log, FigureColumns mapping) {
        List<List<ObservedStep>> runs = ForeignRuns.read(log, mapping);
        if (mapping.columns().isEmpty()) {
            throw new InputException(log + " is no journal of Tether: say with --column which of its columns is what, "
                    + "such as --column score.mean=reward");
        }
        List<CheckedRun> checked = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            String name = runs.size() == 1 ? log.toString() : log + ", run " + (i + 1) + " of " + runs.size();
            checked.add(new CheckedRun(name, RunCheck.ofObserved(runs.get(i))));
        }
        return checked;
    }
}
