package dev.tether.cli.serve;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.train.Interrupts;
import dev.tether.web.Dashboard;
import dev.tether.web.DashboardSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows runs on a live page. No model, no native code. */
@Command(
        name = "serve",
        header = "Runs on a live page: charts, samples token by token, findings.",
        description =
                "Follows the journals of run directories, finished or not, and of those in a directory of runs, and serves a "
                        + "page about them until Ctrl-C. It reads only, listens on this machine only (any other --host "
                        + "asks visitors for a token), and the page loads nothing from elsewhere.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether serve runs                              all runs in that directory, also new ones",
            "  tether serve runs/with runs/without --port 0   two runs, at any free port",
            "  tether serve runs --host 0.0.0.0               for other machines too, by a token"
        })
public final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Run directories, or directories of runs.")
    private List<Path> runs;

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

    @Override
    public Integer call() {
        CountDownLatch stop = new CountDownLatch(1);
        try (Dashboard dashboard = Dashboard.start(DashboardSettings.of(runs, host, port))) {
            Interrupts.listen(stop::countDown);
            greet(dashboard);
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
        terminal.println("Ctrl-C ends it");
        terminal.flush();
    }
}
