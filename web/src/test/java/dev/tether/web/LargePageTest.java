package dev.tether.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Twenty runs of ten thousand steps, in a real browser: how long until something is seen, and until a click is answered. */
@Tag("soak")
@Timeout(500)
class LargePageTest {
    private static final int RUNS = 20;
    private static final int STEPS = 10_000;
    private static final double FIRST_CHART_MILLIS = 2000;
    private static final double INTERACTION_MILLIS = 100;

    /** Clicks, and waits until frame after frame the condition is true; answers with the milliseconds that took. */
    private static final String CLICK = """
            const [selector, condition, done] = arguments;
            const holds = new Function("return Boolean(" + condition + ")");
            const start = performance.now();
            document.querySelector(selector).click();
            const look = () => holds() ? done(performance.now() - start) : requestAnimationFrame(look);
            look();
            """;

    @TempDir
    Path folder;

    @Test
    void twentyLongRunsAreDrawnAndAnswerAtOnce() throws IOException {
        IntStream.rangeClosed(1, RUNS).parallel().forEach(this::write);
        long bytes = Files.size(folder.resolve("run-01/journal.jsonl"));
        try (Chromium chromium = Chromium.start()) {
            long start = System.nanoTime();
            double cold;
            double coldInPage;
            double all;
            try (Dashboard dashboard = serve()) {
                chromium.open(dashboard.address());
                chromium.until("a first chart", "document.body.dataset.first");
                cold = millisSince(start);
                coldInPage = chromium.number("Number(document.body.dataset.first)");
                Visitor visitor = new Visitor(dashboard);
                chromium.until(
                        "all of every run",
                        () -> visitor.json("/api/runs")
                                .valueStream()
                                .allMatch(run -> run.get("rows").asInt() == STEPS));
                all = millisSince(start);
                System.gc();
                chromium.driver().navigate().refresh();
                chromium.until("all lines", "Number(document.querySelector('#chart-kl').dataset.lines) === " + RUNS);
                double warm = chromium.number("Number(document.body.dataset.first)");
                chromium.photograph("twenty-long-runs");
                watchEvents(chromium);
                for (int x = -150; x <= 150; x += 15) {
                    chromium.point(chromium.one("#chart-kl .u-over"), x, x / 5);
                }
                double hover = slowestEvent(chromium);
                double hide = click(chromium, "#runs li:nth-child(4) input", lines(RUNS - 1));
                double show = click(chromium, "#runs li:nth-child(4) input", lines(RUNS));
                double unit = click(
                        chromium,
                        "#unit input[value=token]",
                        "document.querySelector('#chart-kl figcaption" + " .muted').textContent === 'nats per token'");
                double only = click(chromium, "#runs li:nth-child(7) .only", lines(1));
                double every = click(chromium, "#all-runs", lines(RUNS));
                double any = slowestEvent(chromium);
                String figures = String.format(
                        "%d runs of %,d steps (%.1f MB each): first chart %.0f ms after the server began to read (%.0f after the"
                                + " page was asked for), all read"
                                + " after %.0f ms; page opened anew: first chart %.0f ms; slowest pointer event %.0f ms; hide a"
                                + " run %.0f ms, show it %.0f, other unit %.0f, one run alone %.0f, all again %.0f; slowest"
                                + " event of all %.0f ms",
                        RUNS,
                        STEPS,
                        bytes / 1e6,
                        cold,
                        coldInPage,
                        all,
                        warm,
                        hover,
                        hide,
                        show,
                        unit,
                        only,
                        every,
                        any);
                Files.createDirectories(Path.of("target"));
                Files.writeString(Path.of("target", "large-page.txt"), figures + "\n");
                assertThat(warm).as(figures).isLessThanOrEqualTo(FIRST_CHART_MILLIS);
                assertThat(List.of(hover, hide, show, unit, only, every, any))
                        .as(figures)
                        .allMatch(millis -> millis <= INTERACTION_MILLIS);
                chromium.driver().get("about:blank");
            }
        }
    }

    private void write(int number) {
        try (PaintedRun run = PaintedRun.begin(folder.resolve(String.format("run-%02d", number)), number, STEPS)) {
            for (int step = 0; step < STEPS; step++) {
                run.takeWithoutSamples();
            }
            run.end();
        }
    }

    private Dashboard serve() {
        return Dashboard.start(DashboardSettings.of(List.of(folder), DashboardSettings.LOOPBACK, 0));
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }

    private static String lines(int count) {
        return "Number(document.querySelector('#chart-kl').dataset.lines) === " + count;
    }

    private static double click(Chromium chromium, String selector, String condition) {
        return ((Number) chromium.driver().executeAsyncScript(CLICK, selector, condition)).doubleValue();
    }

    /** From an event to the next picture, as the browser itself measures it; in steps of 8 ms, 0 = all under 16. */
    private static void watchEvents(Chromium chromium) {
        chromium.driver()
                .executeScript("window.slowest = 0; new PerformanceObserver(list => list.getEntries().forEach(entry =>"
                        + " { window.slowest = Math.max(window.slowest, entry.duration); })).observe({type: 'event',"
                        + " durationThreshold: 16})");
    }

    private static double slowestEvent(Chromium chromium) {
        return chromium.number("window.slowest");
    }
}
