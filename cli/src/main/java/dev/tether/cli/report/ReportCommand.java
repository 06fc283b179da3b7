package dev.tether.cli.report;

import dev.tether.cli.console.ExitCode;
import dev.tether.run.AtomicFiles;
import dev.tether.run.RunDirectory;
import dev.tether.run.report.RecordedRun;
import dev.tether.run.report.RunReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells what became of runs. No model, no native code. */
@Command(
        name = "report",
        header = "What became of one or several runs, as a page and in a few lines.",
        description =
                "Reads journal and samples of each run directory, finished or not, prints the verdict and writes one "
                        + "self-contained HTML page. Several runs are drawn into the same charts.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether report runs/NAME                        writes runs/NAME/report.html anew",
            "  tether report runs/with runs/without --out both.html"
        })
public final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Run directories.")
    private List<Path> runs;

    @Option(
            names = "--out",
            paramLabel = "FILE.html",
            description = "The page. Default: report.html in the run, for several runs in the current directory.")
    private Optional<Path> out;

    @Option(
            names = "--picture",
            paramLabel = "FILE.svg",
            description = "Also draw KL against its target beside the mean score, for a document.")
    private Optional<Path> picture;

    @Override
    public Integer call() {
        List<RunDirectory> directories = runs.stream().map(RunDirectory::open).toList();
        RunReport report =
                RunReport.of(directories.stream().map(RecordedRun::read).toList());
        Path page =
                out.orElseGet(() -> directories.size() == 1 ? directories.get(0).report() : Path.of("report.html"));
        report.write(page);
        picture.ifPresent(file -> AtomicFiles.writeFile(file, report.picture()));
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.print(report.text());
        terminal.println();
        terminal.println("page: " + page);
        picture.ifPresent(file -> terminal.println("picture: " + file));
        terminal.flush();
        return ExitCode.DONE;
    }
}
