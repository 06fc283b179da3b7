package dev.tether.cli.serve;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.train.Interrupts;
import dev.tether.web.Dashboard;
import dev.tether.web.DashboardSettings;
import dev.tether.web.ingest.IngestDoor;
import dev.tether.web.ingest.IngestLimits;
import dev.tether.web.ingest.IngestSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows runs on a live page. No model, no native code. */
@Command(
        name = "serve",
        header = "Runs on a live page: charts, samples token by token, findings.",
        description =
                "Follows the journals of run directories, finished or not, and of those in a directory of runs, and serves a "
                        + "page about them until Ctrl-C. It reads only, listens on this machine only (any other --host "
                        + "asks visitors for a token), and the page loads nothing from elsewhere. With --ingest, "
                        + "trainers that are not Tether tell it their runs, step by step, and are answered the shaped "
                        + "rewards and the next KL coefficient: docs/ingest.md.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether serve runs                              all runs in that directory, also new ones",
            "  tether serve runs/with runs/without --port 0   two runs, at any free port",
            "  tether serve runs --host 0.0.0.0               for other machines too, by a token",
            "  tether serve --ingest                          also takes in what other trainers tell, into runs"
        })
public final class ServeCommand implements Callable<Integer> {
    private static final Path USUAL = Path.of("runs");

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "RUN",
            arity = "0..*",
            description =
                    "Run directories, or directories of runs. With --ingest, the first is a directory of runs that "
                            + "takes in new ones; default then: runs.")
    private List<Path> runs = List.of();

    @Option(
            names = "--host",
            paramLabel = "NAME",
            defaultValue = DashboardSettings.LOOPBACK,
            description = "Name or address to listen at. Default: ${DEFAULT-VALUE}, this machine alone.")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "" + DashboardSettings.PORT,
            description = "Port to listen at; 0: any that is free. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(names = "--ingest", description = "Take in the runs of other trainers, which show a token.")
    private boolean ingest;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Where the token of --ingest stands, for it to be the same at every start. Default: the "
                    + "environment's TETHER_INGEST_TOKEN, or one drawn at the start and printed.")
    private Path tokenFile;

    @Override
    public Integer call() {
        if (runs.isEmpty() && !ingest) {
            throw new ParameterException(spec.commandLine(), "Missing required parameter: 'RUN'");
        }
        if (tokenFile != null && !ingest) {
            throw new ParameterException(spec.commandLine(), "--token-file goes with --ingest");
        }
        List<Path> shown = runs.isEmpty() ? List.of(USUAL) : runs;
        Optional<IngestToken> token =
                ingest ? Optional.of(IngestToken.find(tokenFile, System.getenv())) : Optional.empty();
        Optional<IngestSettings> taking =
                token.map(found -> new IngestSettings(shown.get(0), found.token(), IngestLimits.USUAL));
        CountDownLatch stop = new CountDownLatch(1);
        try (Dashboard dashboard = Dashboard.start(DashboardSettings.of(shown, host, port), taking)) {
            Interrupts.listen(stop::countDown);
            greet(dashboard);
            token.ifPresent(found -> invite(dashboard, found));
            spec.commandLine().getOut().println("Ctrl-C ends it");
            spec.commandLine().getOut().flush();
            stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.DONE;
    }

    private void greet(Dashboard dashboard) {
        PrintWriter terminal = spec.commandLine().getOut();
        int shown = dashboard.runs();
        terminal.println((shown == 1 ? "one run" : shown + " runs") + " at " + dashboard.entrance());
        if (dashboard.token().isPresent()) {
            terminal.println("whoever has this address can read them, and it travels unencrypted;"
                    + " programs send the token as the header \"Authorization: Bearer TOKEN\"");
        }
    }

    private void invite(Dashboard dashboard, IngestToken token) {
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.println("trainers tell their runs at " + dashboard.address().resolve(IngestDoor.RUNS)
                + " with the token " + token.shown());
    }
}
