package dev.tether.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.run.journal.Finding;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.RunSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LiveScreenTest {
    private final Painted canvas = new Painted();
    private final StringWriter out = new StringWriter();

    @Test
    void nothingIsDrawnBeforeTheRunBeginsAndNothingAfterItsEnd() {
        LiveScreen screen = screen(LiveScreen.Colours.ALL);
        screen.say("live page at http://127.0.0.1:7878/");
        assertThat(canvas.calls).isEmpty();
        screen.started(0, 2);
        screen.stepped(StepRecord.builder(1).klCoef(0.1).build());
        screen.close();
        screen.say("later");
        screen.close();
        assertThat(canvas.calls).containsExactly("enter", "show", "show", "leave");
        assertThat(canvas.frame).contains("live page at http://127.0.0.1:7878/", "step 1 of 2");
    }

    @Test
    void whatTheLinesWouldHaveToldStandsOnTheFirstScreenAtTheEnd() {
        LiveScreen screen = screen(LiveScreen.Colours.ALL);
        screen.started(0, 2);
        screen.stepped(StepRecord.builder(1).klCoef(0.1).build());
        screen.found(Finding.of(1, "KL_SPIKE", Finding.Severity.WARNING, "a spike"));
        assertThat(out.toString()).isEmpty();
        screen.close();
        assertThat(out.toString().lines().toList())
                .hasSize(3)
                .satisfies(lines -> assertThat(lines.get(0)).contains("step", "score"))
                .satisfies(lines -> assertThat(lines.get(1)).contains("1/2"))
                .satisfies(lines -> assertThat(lines.get(2)).contains("warning KL_SPIKE: a spike"));
        assertThat(out.toString()).doesNotContain("\u001b");
    }

    @Test
    void withoutColoursNoneIsSent() {
        LiveScreen screen = screen(LiveScreen.Colours.NONE);
        screen.started(0, 2);
        screen.stepped(StepRecord.builder(1).klCoef(0.1).build());
        screen.close();
        assertThat(canvas.frame).contains("beta").doesNotContainPattern("\u001b\\[[0-9;]*(3|4|9)[0-9;]*m");
    }

    @Test
    void aWindowThatChangesItsSizeIsDrawnAnewBetweenSteps() throws InterruptedException {
        LiveScreen screen = screen(LiveScreen.Colours.ALL);
        screen.started(0, 2);
        canvas.width = 100;
        while (canvas.calls.size() < 3) {
            Thread.sleep(10);
        }
        screen.close();
        assertThat(canvas.calls).containsExactly("enter", "show", "show", "leave");
    }

    @Test
    void aProcessThatEndsAtOnceGivesTheTerminalBack() {
        LiveScreen screen = screen(LiveScreen.Colours.ALL);
        screen.started(0, 2);
        screen.restore();
        assertThat(canvas.calls).containsExactly("enter", "show", "leave");
        screen.close();
    }

    private LiveScreen screen(LiveScreen.Colours colours) {
        return new LiveScreen(canvas, colours, RunSettings.defaults(), "run", new PrintWriter(out, true));
    }

    /** Remembers what was asked of it. */
    private static final class Painted implements LiveScreen.Canvas {
        final List<String> calls = Collections.synchronizedList(new ArrayList<>());
        volatile String frame = "";
        volatile int width = 80;

        @Override
        public int width() {
            return width;
        }

        @Override
        public int height() {
            return 24;
        }

        @Override
        public void enter() {
            calls.add("enter");
        }

        @Override
        public void show(String frame) {
            this.frame = frame;
            calls.add("show");
        }

        @Override
        public void leave() {
            calls.add("leave");
        }
    }
}
