package dev.tether.cli.live;

import dev.tamboui.buffer.Buffer;
import dev.tamboui.layout.Position;
import dev.tamboui.style.Style;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.BeltAtStart;
import dev.tether.trainer.loop.StepResult;
import dev.tether.trainer.selftest.SelfTestReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A run on the whole terminal: charts, samples, findings, drawn anew after each step and when the window changes its size.
 * It uses the terminal's second screen, so that the first one is found again as it was; what the lines would have told
 * follows on it at the end.
 */
final class LiveScreen implements Display {
    private static final int LOOK_MILLIS = 250;
    /** Lines that are told afterwards; all of them are in the journal. */
    private static final int MOST_LINES = 300;

    /** Where it is drawn. */
    interface Canvas {
        int width();

        int height();

        /** To the second screen. */
        void enter();

        void show(String frame);

        /** Back to the first screen, the cursor visible, colours as before; may be called at any time. */
        void leave();
    }

    /** Whether colours may be used. */
    enum Colours {
        ALL,
        NONE
    }

    private final Canvas canvas;
    private final Colours colours;
    private final RunSettings settings;
    private final String name;
    private final PrintWriter out;
    private final StringWriter told = new StringWriter();
    private final LiveProgress lines;
    private final List<LiveRun.News> news = new ArrayList<>();
    private final Thread watch = new Thread(this::watch, "tether-live");

    private List<SampleRecord> samples = List.of();
    private int steps;
    private boolean isEntered;
    private boolean isClosed;
    private int width;
    private int height;

    LiveScreen(Canvas canvas, Colours colours, RunSettings settings, String name, PrintWriter out) {
        this.canvas = canvas;
        this.colours = colours;
        this.settings = settings;
        this.name = name;
        this.out = out;
        lines = new LiveProgress(new PrintWriter(told), LiveProgress.Screen.PIPE, settings);
        watch.setDaemon(true);
    }

    @Override
    public synchronized void started(int afterStep, int steps) {
        this.steps = steps;
        lines.started(afterStep, steps);
        canvas.enter();
        isEntered = true;
        draw();
        watch.start();
    }

    @Override
    public synchronized void selfTested(SelfTestReport report) {
        lines.selfTested(report);
        announce(Optional.empty(), report.sentence());
    }

    @Override
    public synchronized void beltProbed(BeltAtStart belt) {
        lines.beltProbed(belt);
        announce(Optional.empty(), "belt: " + belt.verdict().sentence());
    }

    @Override
    public synchronized void sampled(List<SampleRecord> samples) {
        this.samples = samples;
    }

    @Override
    public void stepped(StepResult result) {
        stepped(result.record());
    }

    synchronized void stepped(StepRecord step) {
        lines.stepped(step);
        draw();
    }

    @Override
    public synchronized void found(Finding finding) {
        lines.found(finding);
        announce(
                Optional.of(finding.severity()),
                "step " + finding.step() + " " + finding.code() + ": " + finding.sentence());
    }

    @Override
    public synchronized void rolledBack(int step, int toStep) {
        lines.rolledBack(step, toStep);
        announce(Optional.empty(), "step " + step + " passed the hard limit of KL: back at step " + toStep);
    }

    @Override
    public synchronized void checkpointed(int step, Path checkpoint) {
        lines.checkpointed(step, checkpoint);
    }

    @Override
    public synchronized void say(String sentence) {
        if (isClosed) {
            out.println(sentence);
            out.flush();
        } else {
            lines.say(sentence);
            announce(Optional.empty(), sentence);
        }
    }

    @Override
    public List<StepRecord> taken() {
        return lines.taken();
    }

    @Override
    public synchronized void close() {
        if (!isClosed) {
            isClosed = true;
            watch.interrupt();
            canvas.leave();
            lines.close();
            List<String> all = told.toString().lines().toList();
            if (all.size() > MOST_LINES) {
                out.println("(" + (all.size() - MOST_LINES) + " lines left out; the journal has every step)");
            }
            all.subList(Math.max(0, all.size() - MOST_LINES), all.size()).forEach(out::println);
            out.flush();
        }
    }

    @Override
    public void restore() {
        canvas.leave();
    }

    private void announce(Optional<Finding.Severity> severity, String sentence) {
        news.add(new LiveRun.News(severity, sentence));
        draw();
    }

    private void draw() {
        if (!isEntered || isClosed) {
            return;
        }
        width = canvas.width();
        height = canvas.height();
        long step = lines.taken().isEmpty()
                ? 0
                : lines.taken().get(lines.taken().size() - 1).step();
        LiveRun run = new LiveRun(name, steps, lines.secondsLeft(step), settings.belt(), lines.taken(), samples, news);
        canvas.show(text(LiveView.draw(run, width, height)));
    }

    private String text(Buffer frame) {
        if (colours == Colours.NONE) {
            for (int y = 0; y < frame.height(); y++) {
                for (int x = 0; x < frame.width(); x++) {
                    Position at = new Position(x, y);
                    frame.set(at, frame.get(at).style(Style.EMPTY));
                }
            }
        }
        return frame.toAnsiStringWithCursorPositioning();
    }

    /** Looks whether the window has another size than what was drawn. */
    private void watch() {
        try {
            while (true) {
                Thread.sleep(LOOK_MILLIS);
                synchronized (this) {
                    if (canvas.width() != width || canvas.height() != height) {
                        draw();
                    }
                }
            }
        } catch (InterruptedException e) {
            // the run is over
        }
    }
}
