package dev.tether.cli.live;

import dev.tether.cli.console.Words;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.Timing;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.BeltAtStart;
import dev.tether.trainer.loop.StepResult;
import dev.tether.trainer.selftest.SelfTestReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Shows a run while it runs: one line per step, and on a terminal a bar below them that is drawn anew with each step.
 */
final class LiveProgress implements Display {
    private static final int BAR_WIDTH = 40;
    private static final int RECENT = 10;
    private static final String CLEAR_LINE = "\r\u001b[K";

    /** Where the lines go. */
    enum Screen {
        TERMINAL,
        PIPE
    }

    private final PrintWriter out;
    private final Screen screen;
    private final ProgressTable table;
    private final Deque<Double> recentSeconds = new ArrayDeque<>();
    private final List<StepRecord> taken = new ArrayList<>();
    private int steps;

    LiveProgress(PrintWriter out, Screen screen, RunSettings settings) {
        this.out = out;
        this.screen = screen;
        this.table = new ProgressTable(settings.belt());
    }

    @Override
    public void started(int afterStep, int steps) {
        this.steps = steps;
        drawBar(afterStep);
    }

    @Override
    public void beltProbed(BeltAtStart belt) {
        say("belt " + Words.name(belt.verdict().state()) + ": " + belt.verdict().sentence());
    }

    @Override
    public void rolledBack(int step, int toStep) {
        say("step " + step + " passed the hard limit of KL: the policy is back at the checkpoint of step " + toStep);
    }

    @Override
    public void selfTested(SelfTestReport report) {
        if (report.passed()) { // a failure is the message of the exception that ends the run
            say(report.sentence());
        }
    }

    @Override
    public void found(Finding finding) {
        say("  " + Words.name(finding.severity()) + " " + finding.code() + ": " + finding.sentence());
    }

    @Override
    public void stepped(StepResult result) {
        stepped(result.record());
    }

    synchronized void stepped(StepRecord step) {
        taken.add(step);
        step.timing().map(Timing::stepSeconds).ifPresent(seconds -> remember(seconds.orElse(0)));
        clearBar();
        if (taken.size() == 1) {
            out.println(table.header());
        }
        out.println(table.row(step, steps, secondsLeft(step.step())));
        drawBar(step.step());
    }

    @Override
    public void checkpointed(int step, Path checkpoint) {
        out.flush();
    }

    @Override
    public synchronized void close() {
        clearBar();
        out.flush();
    }

    @Override
    public synchronized void say(String sentence) {
        clearBar();
        out.println(sentence);
        out.flush();
    }

    @Override
    public void restore() {
        out.flush();
    }

    @Override
    public List<StepRecord> taken() {
        return taken;
    }

    private void remember(double seconds) {
        recentSeconds.addLast(seconds);
        if (recentSeconds.size() > RECENT) {
            recentSeconds.removeFirst();
        }
    }

    double secondsLeft(long step) {
        double mean = recentSeconds.stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
        return mean * (steps - step);
    }

    private void drawBar(long step) {
        if (screen == Screen.TERMINAL && step < steps) {
            int full = (int) (BAR_WIDTH * step / steps);
            out.print("  [" + "=".repeat(full) + " ".repeat(BAR_WIDTH - full) + "] step " + (step + 1) + " of " + steps
                    + (recentSeconds.isEmpty() ? "" : ", " + ProgressTable.duration(secondsLeft(step)) + " left")
                    + "   Ctrl-C stops and saves");
        }
        out.flush();
    }

    private void clearBar() {
        if (screen == Screen.TERMINAL) {
            out.print(CLEAR_LINE);
        }
    }
}
