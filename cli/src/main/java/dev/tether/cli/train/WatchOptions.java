package dev.tether.cli.train;

import dev.tether.cli.console.Words;
import dev.tether.cli.live.Display;
import dev.tether.cli.live.Displays;
import dev.tether.cli.webhook.FindingWebhook;
import dev.tether.cli.webhook.WebhookAddress;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.SessionEvent;
import dev.tether.run.journal.SessionLog;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.RunListener;
import dev.tether.web.Dashboard;
import dev.tether.web.DashboardSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/**
 * How to be told of a run while it trains. None of it is a setting: it changes nothing of what comes out, may differ after
 * a resume, and an address may be a secret that does not belong into settings.yaml.
 */
final class WatchOptions {
    private static final String VARIABLE = "TETHER_WEBHOOK";
    private static final int MOST_PORT = 65535;

    @Option(
            names = "--display",
            paramLabel = "HOW",
            defaultValue = "auto",
            converter = DisplayConverter.class,
            description =
                    "live (charts, samples and findings on the whole terminal), lines (one per step), or auto: live "
                            + "where there is a terminal of 70 x 20. NO_COLOR is respected. Default: ${DEFAULT-VALUE}.")
    private Displays.Wish display = Displays.Wish.AUTO;

    @Option(
            names = "--serve",
            paramLabel = "PORT",
            description =
                    "Serve the live page, and /metrics for Prometheus, of this run while it trains, to this machine "
                            + "only; 0: any free port.")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--webhook",
            paramLabel = "URL",
            description = "Post findings there, as JSON. Also by the variable " + VARIABLE
                    + ", which no list of processes " + "shows.")
    private Optional<String> webhook = Optional.empty();

    @Option(
            names = "--webhook-severity",
            paramLabel = "LEAST",
            defaultValue = "warning",
            converter = SeverityConverter.class,
            description = "The least severe that are posted: info, warning or critical. Default: ${DEFAULT-VALUE}.")
    private Finding.Severity severity = Finding.Severity.WARNING;

    /** Reads it in lower case. */
    static final class DisplayConverter implements ITypeConverter<Displays.Wish> {
        @Override
        public Displays.Wish convert(String word) throws Exception {
            return Words.lowerCase(Displays.Wish.class).convert(word);
        }
    }

    /** Reads it in lower case. */
    static final class SeverityConverter implements ITypeConverter<Finding.Severity> {
        @Override
        public Finding.Severity convert(String word) throws Exception {
            return Words.lowerCase(Finding.Severity.class).convert(word);
        }
    }

    /** Whoever is told of a run beside its display; open as long as it trains. */
    record Outlets(Optional<Dashboard> dashboard, Optional<FindingWebhook> webhook) implements AutoCloseable {
        RunListener[] listeners(Display display) {
            return Stream.concat(Stream.of(display), webhook.stream()).toArray(RunListener[]::new);
        }

        @Override
        public void close() {
            webhook.ifPresent(FindingWebhook::close);
            dashboard.ifPresent(Dashboard::close);
        }
    }

    /**
     * Finds what is wrong with the options before anything is begun.
     *
     * @throws InputException for an address or a port that is none
     */
    void check() {
        address();
        port.filter(number -> number < 0 || number > MOST_PORT).ifPresent(number -> {
            throw new InputException("--serve " + number + ": must be a port, from 0 to " + MOST_PORT);
        });
    }

    Display display(RunSettings settings, Path root, PrintWriter out) {
        return Displays.open(display, settings, name(root), out);
    }

    /** Opens all that were asked for, and says where they are. */
    Outlets open(RunDirectory directory, Display display) {
        Optional<Dashboard> dashboard = port.map(number ->
                Dashboard.start(DashboardSettings.of(List.of(directory.root()), DashboardSettings.LOOPBACK, number)));
        dashboard.ifPresent(page -> display.say("live page at " + page.entrance() + ", for Prometheus at "
                + page.address().resolve("metrics")));
        Optional<FindingWebhook> hook = address()
                .map(address -> FindingWebhook.open(name(directory.root()), address, severity, (step, sentence) -> {
                    display.say(sentence);
                    note(directory, step, sentence);
                }));
        hook.ifPresent(opened -> display.say(opened.greeting()));
        return new Outlets(dashboard, hook);
    }

    private static void note(RunDirectory directory, long step, String sentence) {
        SessionLog.append(
                directory.sessions(),
                new SessionEvent.Trouble(Instant.now(), step, SessionEvent.TroubleWith.WEBHOOK, sentence));
    }

    private Optional<WebhookAddress> address() {
        return webhook.map(text -> WebhookAddress.parse("--webhook", text))
                .or(() -> Optional.ofNullable(System.getenv(VARIABLE))
                        .filter(text -> !text.isBlank())
                        .map(text -> WebhookAddress.parse(VARIABLE, text)));
    }

    private static String name(Path root) {
        return String.valueOf(root.toAbsolutePath().normalize().getFileName());
    }
}
