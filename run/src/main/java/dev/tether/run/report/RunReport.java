package dev.tether.run.report;

import dev.tether.core.kl.KlUnit;
import dev.tether.run.AtomicFiles;
import dev.tether.run.RunDirectory;
import dev.tether.run.chart.Chart;
import dev.tether.run.chart.ChartSvg;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Tells what became of one or several runs: as a page to look at, or as lines for a terminal. */
public final class RunReport {
    private final List<RecordedRun> runs;

    private RunReport(List<RecordedRun> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a report needs at least one run");
        }
        this.runs = List.copyOf(runs);
    }

    /** Of runs that were read already; several are compared with each other. */
    public static RunReport of(List<RecordedRun> runs) {
        return new RunReport(runs);
    }

    /**
     * Of a run directory, finished or not.
     *
     * @throws dev.tether.run.InputException where a file of it cannot be read
     */
    public static RunReport of(RunDirectory directory) {
        return new RunReport(List.of(RecordedRun.read(directory)));
    }

    /** One file that needs nothing else: no script, no request; light, dark and for printing. */
    public String html() {
        return new ReportPage(runs).html();
    }

    /** Writes {@link #html} whole or not at all. */
    public void write(Path file) {
        AtomicFiles.writeFile(file, html());
    }

    /** KL against its target beside the mean reward: one SVG file, for a document. */
    public String picture() {
        RunCharts charts = new RunCharts(runs);
        List<Chart> pair = Stream.of(charts.kl(KlUnit.NATS_PER_SEQUENCE), charts.score())
                .filter(chart -> !chart.isEmpty())
                .toList();
        return ChartSvg.file(pair);
    }

    /** What became of the runs in a few lines of plain text, each at most 100 characters. */
    public String text() {
        return new ReportText(runs).text();
    }
}
