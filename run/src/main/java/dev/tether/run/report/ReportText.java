package dev.tether.run.report;

import dev.tether.run.chart.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** A report in plain lines. */
final class ReportText {
    private static final int WIDTH = 100;
    private static final int NOTICES = 12;

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
        belt(run);
        GoldCourse.of(run.steps()).ifPresent(course -> {
            lines.add("");
            wrap("  ", course.desk().sentence());
        });
        run.spentKl().ifPresent(this::ledger);
        notices(Notice.of(run.journal()));
        run.journal()
                .tornLine()
                .ifPresent(torn ->
                        wrap("  ! ", "Line " + torn.line() + " of the journal was never finished and is left out."));
    }

    private void belt(RecordedRun run) {
        BeltState belt = BeltState.of(run);
        if (belt.isEmpty()) {
            return;
        }
        lines.add("");
        belt.sentences().forEach(sentence -> wrap("  ", sentence));
        for (BeltState.Row row : belt.rows()) {
            String sequence =
                    figure(row.reading().natsPerSequence(), row.reading().seNatsPerSequence());
            String token = figure(row.reading().natsPerToken(), row.reading().seNatsPerToken());
            lines.add("  %s %-15s %-16s nats/sequence  %-18s nats/token"
                    .formatted(row.steers() ? ">" : " ", row.name(), sequence, token));
        }
    }

    private static String figure(OptionalDouble nats, OptionalDouble error) {
        if (nats.isEmpty()) {
            return "–";
        }
        String bar = error.isPresent() ? " ± " + Numbers.rough(2 * error.getAsDouble()) : "";
        return Numbers.rough(nats.getAsDouble()) + bar;
    }

    private void ledger(SpentKl spent) {
        lines.add("");
        LedgerText.of(spent).forEach(line -> wrap("  ", line));
    }

    private void notices(List<Notice> notices) {
        if (!notices.isEmpty()) {
            lines.add("");
        }
        notices.stream().limit(NOTICES).forEach(n -> {
            wrap("  ! ", "step " + n.step() + ", " + n.name() + ": " + n.sentence());
            n.advice().ifPresent(advice -> wrap("    ", "What to do: " + advice + "."));
        });
        if (notices.size() > NOTICES) {
            lines.add("  ! and " + (notices.size() - NOTICES) + " more: see the journal or the page");
        }
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
