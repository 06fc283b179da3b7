package dev.tether.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.run.journal.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.support.ui.Select;

/** The page in a real browser. Pictures of it are kept in web/target/screenshots. */
@Timeout(120)
class BrowserTest {
    private static Chromium chromium;

    @TempDir
    Path folder;

    @BeforeAll
    static void openBrowser() {
        chromium = Chromium.start();
    }

    @AfterAll
    static void closeBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    /** A dashboard with the page open; at its end: no complaint of the browser, nothing from elsewhere. */
    private record Shown(Dashboard dashboard) implements AutoCloseable {
        @Override
        public void close() {
            try {
                assertThat(chromium.console()).as("console").isEmpty();
                assertThat(chromium.requests())
                        .as("requests")
                        .isNotEmpty()
                        .allMatch(address ->
                                address.startsWith(dashboard.address().toString()) || address.startsWith("data:"));
            } finally {
                chromium.driver().get("about:blank");
                chromium.console();
                chromium.requests();
                dashboard.close();
            }
        }

        int runs() {
            return dashboard.runs();
        }
    }

    private static Shown open(Path... runs) {
        Dashboard dashboard = Dashboard.start(DashboardSettings.of(List.of(runs), DashboardSettings.LOOPBACK, 0));
        chromium.open(dashboard.address());
        chromium.driver().executeScript("localStorage.clear()");
        return new Shown(dashboard);
    }

    private static void drawn(int steps) {
        chromium.until(steps + " steps drawn", "document.body.dataset.drawn === '" + steps + "'");
    }

    @Test
    void aRunIsDrawnWhileItIsWritten() {
        try (PaintedRun live = PaintedRun.begin(folder.resolve("live"), 3, 60);
                Shown dashboard = open(folder.resolve("live"))) {
            assertThat(dashboard.runs()).isEqualTo(1);
            chromium.until("an empty page", "!document.querySelector('#nothing').hidden");
            assertThat(chromium.text("#nothing")).contains("No step yet");
            for (int step = 1; step <= 5; step++) {
                live.take(1);
                drawn(step);
            }
            live.take(25);
            drawn(30);
            assertThat(chromium.text("#runs .state")).isEqualTo("step 30 of 60 · running");
            assertThat(chromium.text("#runs .figures"))
                    .contains("(target 6)")
                    .contains("β 0.1")
                    .contains("score");
            assertThat(chromium.text("#connection")).isEqualTo("live");
            assertThat(chromium.all("#chart-grid figure:not([hidden])")).hasSize(7);
            assertThat(inked("#chart-kl canvas"))
                    .as("pixels in the colour of the run")
                    .isGreaterThan(200);
            live.find("KL_HIGH", Finding.Severity.WARNING, "KL is above its range <script>alert(1)</script>");
            chromium.until("the finding", "document.querySelector('#finding-list .warning')");
            assertThat(chromium.text("#finding-list .warning p"))
                    .isEqualTo("KL is above its range <script>alert(1)</script>");
            assertThat(chromium.text("#finding-count")).isEqualTo("1");
            live.end();
            chromium.until("the end", "document.querySelector('#runs .state').textContent.endsWith('done')");
            chromium.photograph("live-run");
        }
    }

    /** How many pixels of a canvas are of the first run's colour. */
    private static double inked(String canvas) {
        return chromium.number("(() => { const c = document.querySelector('" + canvas + "'); const d ="
                + " c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 0; i < d.length;"
                + " i += 4) if (Math.abs(d[i] - 31) < 12 && Math.abs(d[i + 1] - 111) < 12 && Math.abs(d[i + 2] - 235) < 12)"
                + " n++; return n; })()");
    }

    @Test
    void pointingAtAChartTellsTheNumbersOfThatStepAndDraggingZooms() {
        PaintedRun.write(folder.resolve("one"), 1, 200);
        PaintedRun.write(folder.resolve("two"), 2, 200);
        try (Shown dashboard = open(folder)) {
            assertThat(dashboard.runs()).isEqualTo(2);
            drawn(200);
            WebElement chart = chromium.one("#chart-kl .u-over");
            chromium.point(chart, 0, 0);
            chromium.until("a tip", "!document.querySelector('#tip').hidden");
            assertThat(chromium.text("#tip b")).matches("step (99|100|101)");
            assertThat(chromium.all("#tip tr")).hasSize(2);
            assertThat(chromium.text("#tip table"))
                    .contains("one")
                    .contains("two")
                    .contains("SE");
            chromium.photograph("hover");
            new Actions(chromium.driver())
                    .moveToElement(chart, -100, 0)
                    .clickAndHold()
                    .moveByOffset(150, 0)
                    .release()
                    .perform();
            chromium.until("a zoom", "Number(document.body.dataset.drawn) < 150");
            assertThat(chromium.one("#zoom-out").isDisplayed()).isTrue();
            chromium.one("#zoom-out").click();
            drawn(200);
            assertThat(chromium.one("#zoom-out").isDisplayed()).isFalse();
        }
    }

    @Test
    void runsAreComparedAndChosen() {
        for (int run = 1; run <= 9; run++) {
            PaintedRun.write(folder.resolve("run-" + run), run, 60);
        }
        try (Shown dashboard = open(folder)) {
            assertThat(dashboard.runs()).isEqualTo(9);
            drawn(60);
            assertThat(series("#chart-kl")).isEqualTo(9);
            chromium.photograph("comparison");
            chromium.one("#runs li:nth-child(3) input").click();
            chromium.until("one line less", () -> series("#chart-kl") == 8);
            chromium.point(chromium.one("#runs li:nth-child(5)"), 0, 0);
            chromium.one("#runs li:nth-child(5) .only").click();
            chromium.until("one line", () -> series("#chart-kl") == 1);
            chromium.one("#no-runs").click();
            chromium.until("no chart", "!document.querySelector('#nothing').hidden");
            assertThat(chromium.text("#nothing")).isEqualTo("No run is chosen.");
            chromium.one("#all-runs").click();
            chromium.until("all lines", () -> series("#chart-kl") == 9);
            chromium.one("#run-search").sendKeys("run-7");
            assertThat(chromium.all("#runs li:not([hidden])")).hasSize(1);
            chromium.one("#unit input[value=token]").click();
            chromium.until(
                    "nats per token",
                    "document.querySelector('#chart-kl figcaption .muted').textContent ===" + " 'nats per token'");
            chromium.one("#more-figures").click();
            chromium.until(
                    "further charts", "document.querySelectorAll('#more-grid figure:not([hidden])').length >= 4");
        }
    }

    /** Lines of a chart. */
    private static int series(String chart) {
        return (int) chromium.number("Number(document.querySelector('" + chart + "').dataset.lines)");
    }

    @Test
    void samplesAreSortedSearchedAndReadTokenByToken() {
        PaintedRun.write(folder.resolve("one"), 1, 60);
        try (Shown dashboard = open(folder.resolve("one"))) {
            assertThat(dashboard.runs()).isEqualTo(1);
            chromium.until("samples", "document.querySelectorAll('#sample-table tbody tr').length === 30");
            assertThat(chromium.text("#sample-note")).isEqualTo("30 of 120 samples");
            new Select(chromium.one("#sample-order")).selectByValue("highest_score");
            // the newest row is the best one, too: only the second tells the two orders apart
            chromium.until("the best first", () -> column(3).get(1) > 1);
            assertThat(column(3)).isSortedAccordingTo((a, b) -> Double.compare(b, a));
            clickHeader(4);
            chromium.until("the dearest first", () -> column(4).get(0) > 10);
            assertThat(column(4)).isSortedAccordingTo((a, b) -> Double.compare(b, a));
            clickHeader(4);
            chromium.until("the cheapest first", () -> column(4).get(0) < 1);
            assertThat(column(4)).isSorted();
            clickHeader(4);
            chromium.until("the dearest first", () -> column(4).get(0) > 10);
            WebElement loud = chromium.one("#sample-table .response .token:nth-child(2)");
            assertThat(loud.getText().strip()).isEqualTo("wonderful");
            assertThat(loud.getDomAttribute("class")).matches("token more-[5-8]");
            chromium.driver().executeScript("document.querySelector('#samples').scrollIntoView()");
            chromium.point(loud, 0, 0);
            chromium.until("a tip", "!document.querySelector('#tip').hidden");
            assertThat(chromium.text("#tip"))
                    .contains("“␣wonderful”")
                    .contains("log π_ref")
                    .contains("probability")
                    .contains("k3");
            chromium.photograph("samples");
            chromium.one("#sample-search").sendKeys("STATION");
            chromium.until(
                    "only the dull ones",
                    "document.querySelector('#sample-note').textContent === '30 of 120 samples' &&"
                            + " [...document.querySelectorAll('.said')].every(c => c.textContent.includes('station'))");
            chromium.one("#sample-more").click();
            chromium.until("all of them", "document.querySelectorAll('#sample-table tbody tr').length === 60");
            assertThat(chromium.one("#sample-more").isDisplayed()).isFalse();
        }
    }

    private static void clickHeader(int column) {
        chromium.driver()
                .findElement(By.cssSelector("#sample-table th:nth-child(" + column + ") button"))
                .click();
    }

    private static List<Double> column(int column) {
        List<Double> values = new ArrayList<>();
        Object texts = chromium.driver()
                .executeScript("return [...document.querySelectorAll('#sample-table tbody td:nth-child(" + column
                        + ")')].map(c => c.textContent.replace('−', '-'))");
        ((List<?>) texts).forEach(text -> values.add(Double.parseDouble((String) text)));
        return values;
    }

    @Test
    void thePageIsDarkWhereThatIsWished() {
        PaintedRun.write(folder.resolve("one"), 1, 80);
        try (Shown dashboard = open(folder.resolve("one"))) {
            assertThat(dashboard.runs()).isEqualTo(1);
            drawn(80);
            assertThat(ground()).isEqualTo("rgb(255, 255, 255)");
            chromium.driver()
                    .executeCdpCommand(
                            "Emulation.setEmulatedMedia",
                            Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
            chromium.until("a dark system", () -> ground().equals("rgb(15, 19, 24)"));
            chromium.one("#theme").click();
            chromium.until("a light wish", () -> ground().equals("rgb(255, 255, 255)"));
            chromium.one("#theme").click();
            chromium.driver().executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
            chromium.until("a dark wish", () -> ground().equals("rgb(15, 19, 24)"));
            chromium.driver().navigate().refresh();
            drawn(80);
            assertThat(ground()).as("after the page was loaded anew").isEqualTo("rgb(15, 19, 24)");
            chromium.photograph("dark");
        }
    }

    private static String ground() {
        return String.valueOf(
                chromium.driver().executeScript("return getComputedStyle(document.body).backgroundColor"));
    }
}
