package dev.tether.run.report;

import java.util.ArrayList;
import java.util.List;

/** A report in plain lines. */
final class ReportText {
    private static final int WIDTH = 100;

    private final List<RecordedRun> runs;
    private final List<String> lines = new ArrayList<>();

    ReportText(List<RecordedRun> runs) {
        this.runs = runs;
    }

    String text() {
        for (RecordedRun run : runs) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            of(run);
        }
        return String.join("\n", lines) + "\n";
    }

    private void of(RecordedRun run) {
        Verdict verdict = Verdict.of(run);
        lines.add(run.name() + ": " + verdict.mark());
        verdict.sentences().forEach(sentence -> wrap("  ", sentence));
        List<Watch> watches = Watch.of(run);
        if (!watches.isEmpty()) {
            lines.add("");
            watches.forEach(this::watch);
        }
        run.journal().findings().forEach(f -> wrap("  ! ", f.sentence()));
        run.journal()
                .tornLine()
                .ifPresent(torn ->
                        wrap("  ! ", "Line " + torn.line() + " of the journal was never finished and is left out."));
    }

    private void watch(Watch watch) {
        String state = watch.state() == Watch.State.LOOK ? "look" : watch.state() == Watch.State.GOOD ? "good" : "";
        wrap("  %-13s %-5s ".formatted(watch.name(), state), watch.value() + "; " + watch.remark());
        wrap(" ".repeat(22), "healthy: " + watch.healthy());
    }

    /** Breaks between words; what follows the first line is set in as far as its text was. */
    private void wrap(String head, String text) {
        StringBuilder line = new StringBuilder(head);
        boolean empty = true;
        for (String word : text.split(" ")) {
            if (!empty && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(" ".repeat(head.length()));
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        lines.add(line.toString());
    }
}
