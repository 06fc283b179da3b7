package dev.tether.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tamboui.buffer.Buffer;
import dev.tether.core.kl.KlEstimator;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.Finding.Severity;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.RunSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Frames as text. A picture in the resources is replaced by what is drawn now with {@code -Dtether.pictures=write}; then
 * look at it.
 */
class LiveViewTest {
    @ParameterizedTest
    @CsvSource({"80, 24", "120, 40", "70, 20"})
    void aFrameIsThePictureOfItsSize(int width, int height) throws IOException {
        compare("frame-" + width + "x" + height + ".txt", LiveView.draw(run(60), width, height));
    }

    @Test
    void beforeTheFirstStepTheFramesAreThereAndEmpty() throws IOException {
        compare("before-80x24.txt", LiveView.draw(run(0), 80, 24));
    }

    @ParameterizedTest
    @CsvSource({"69, 24", "80, 19", "10, 1", "1, 1"})
    void aWindowThatIsTooSmallSaysWhereTheRunStands(int width, int height) {
        String frame = text(LiveView.draw(run(60), width, height));
        assertThat(frame).startsWith("step 60 of 120".substring(0, Math.min(width, 14)));
    }

    @Test
    void aVeryLargeWindowIsFilledToItsEdges() {
        String[] rows = text(LiveView.draw(run(60), 400, 120)).split("\n");
        assertThat(rows).hasSize(120);
        assertThat(rows[1]).hasSize(400).startsWith("╭").endsWith("╮");
    }

    @Test
    void whatAModelWritesGivesNoOrdersToTheTerminal() {
        SampleRecord evil = sample("\u001b[2Jgone\u0007", "\u009b31m\nnext line");
        LiveRun.News news = new LiveRun.News(Optional.of(Severity.WARNING), "a \u001b]0;title\u0007 b");
        LiveRun run = new LiveRun(
                "run\u001b[0m", 9, 1, RunSettings.defaults().belt(), List.of(step(1)), List.of(evil), List.of(news));
        String frame = LiveView.draw(run, 80, 24).toAnsiString();
        assertThat(frame.replaceAll("\u001b\\[[0-9;]*m", "")).doesNotContainPattern("[\\p{Cc}&&[^\r\n]]");
        assertThat(frame).contains("⏎next");
    }

    @Test
    void aTokenIsColouredByItsLogRatio() {
        String frame = LiveView.draw(run(3), 80, 24).toAnsiString();
        assertThat(frame).contains("38;5;203mlovely!").contains("38;5;39mmusic.");
    }

    private static LiveRun run(int steps) {
        List<StepRecord> taken = new ArrayList<>();
        for (int step = 1; step <= steps; step++) {
            taken.add(step(step));
        }
        List<SampleRecord> samples = steps == 0
                ? List.of()
                : List.of(
                        sample("I bought this lamp", " and it is lovely!"),
                        sample("My radio", " fell apart. I do not recommend it to anyone who likes music."));
        List<LiveRun.News> news = steps == 0
                ? List.of()
                : List.of(
                        new LiveRun.News(Optional.empty(), "self test passed"),
                        new LiveRun.News(Optional.of(Severity.WARNING), "step 31 LENGTH_DRIFT: answers grow longer"));
        return new LiveRun("2026-reviews", 120, 95, RunSettings.defaults().belt(), taken, samples, news);
    }

    private static StepRecord step(int step) {
        double kl = 6.4 * (1 - Math.exp(-step / 12.0)) + 0.3 * Math.sin(step);
        return StepRecord.builder(step)
                .score(new Distribution(0.1 + 0.01 * step, 0.3, -1, 1))
                .referenceKl(new ReferenceKl(
                        OptionalDouble.of(kl / 20),
                        OptionalDouble.of(kl),
                        OptionalDouble.of(0.01),
                        OptionalDouble.of(0.2187),
                        OptionalDouble.of(2),
                        KlEstimator.K1))
                .klCoef(0.1 / (1 + step / 20.0))
                .entropy(0.8 - 0.002 * step)
                .tokensPerSecond(1234.4)
                .build();
    }

    /** The second token is liked more than by the reference, the last less. */
    private static SampleRecord sample(String prompt, String response) {
        List<String> tokens = List.of(response.split("(?<= )"));
        int[] ids = new int[tokens.size()];
        double[] logprobs = new double[ids.length];
        double[] reference = new double[ids.length];
        boolean[] mask = new boolean[ids.length];
        for (int t = 0; t < ids.length; t++) {
            boolean isLiked = tokens.get(t).startsWith("lovely") || t == 1;
            logprobs[t] = isLiked ? -1 : -2;
            reference[t] = t == ids.length - 1 && !isLiked ? -1 : -2;
            mask[t] = true;
        }
        return new SampleRecord(
                        60, 0, prompt, response, new int[] {1}, ids, logprobs, reference, mask, 0.71, "ended", 2.345)
                .withResponseTokens(tokens);
    }

    private static void compare(String name, Buffer frame) throws IOException {
        String drawn = text(frame);
        if ("write".equals(System.getProperty("tether.pictures"))) {
            Files.writeString(
                    Path.of(System.getProperty("tether.root"), "cli/src/test/resources/dev/tether/cli/live", name),
                    drawn);
        }
        try (var picture = LiveViewTest.class.getResourceAsStream(name)) {
            assertThat(drawn).isEqualTo(new String(picture.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static String text(Buffer frame) {
        StringBuilder text = new StringBuilder();
        for (int y = 0; y < frame.height(); y++) {
            StringBuilder row = new StringBuilder();
            for (int x = 0; x < frame.width(); x++) {
                row.append(frame.get(x, y).symbol());
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
