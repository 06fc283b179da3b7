package dev.tether.cli.live;

import dev.tamboui.buffer.Buffer;
import dev.tamboui.layout.Rect;
import dev.tamboui.style.Color;
import dev.tamboui.style.Overflow;
import dev.tamboui.style.Style;
import dev.tamboui.text.Line;
import dev.tamboui.text.Span;
import dev.tamboui.text.Text;
import dev.tamboui.widgets.block.Title;
import dev.tamboui.widgets.paragraph.Paragraph;
import dev.tether.core.kl.KlUnit;
import dev.tether.run.chart.Numbers;
import dev.tether.run.journal.Finding.Severity;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.StepRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Draws a run into cells; knows no terminal. */
final class LiveView {
    /** Smaller ones cannot be read. */
    static final int LEAST_WIDTH = 70;

    static final int LEAST_HEIGHT = 20;
    /** A token is coloured from this log-ratio on, in nats. */
    private static final double TELLING = 0.5;

    private static final Style DIM = StepChart.FRAME;
    private static final Style MORE_LIKELY = Style.create().fg(Color.indexed(203));
    private static final Style LESS_LIKELY = Style.create().fg(Color.indexed(39));

    private final LiveRun run;
    private final Buffer buffer;
    private final int width;
    private final int height;

    private LiveView(LiveRun run, int width, int height) {
        this.run = run;
        this.width = width;
        this.height = height;
        this.buffer = Buffer.empty(Rect.of(width, height));
    }

    /** The run on a screen of so many columns and rows. */
    static Buffer draw(LiveRun run, int width, int height) {
        LiveView view = new LiveView(run, width, height);
        if (width < LEAST_WIDTH || height < LEAST_HEIGHT) {
            view.buffer.setString(0, 0, "step " + run.taken().size() + " of " + run.steps(), Style.EMPTY);
            if (height > 1) {
                view.buffer.setString(0, 1, "(this window is too small for more)", DIM);
            }
        } else {
            view.all();
        }
        return view.buffer;
    }

    private void all() {
        int news = Math.max(4, height / 6);
        int samples = Math.max(5, height / 4);
        int charts = height - 2 - news - samples;
        int upper = (charts + 1) / 2;
        head();
        charts(new Rect(0, 1, width, upper), kl(), figure("beta", StepRecord::klCoef, OptionalDouble.of(0)));
        charts(
                new Rect(0, 1 + upper, width, charts - upper),
                figure("score", LiveView::score, OptionalDouble.empty()),
                figure("entropy, nats/token", StepRecord::entropy, OptionalDouble.empty()));
        samples(new Rect(0, 1 + charts, width, samples));
        news(new Rect(0, 1 + charts + samples, width, news));
        foot();
    }

    private void head() {
        long step = run.last().map(StepRecord::step).orElse(0L);
        String right = run.last().isEmpty()
                ? "before the first step "
                : speed() + ProgressTable.duration(run.secondsLeft()) + " left ";
        String left = " step " + step + " of " + run.steps() + " ";
        buffer.setString(0, 0, left, Style.EMPTY.bold());
        int bar =
                Math.max(10, width - left.length() - right.length() - run.name().length() - 6);
        int full = (int) (bar * step / Math.max(1, run.steps()));
        int end = buffer.setString(
                left.length(), 0, "━".repeat(full), Style.create().fg(StepChart.CURVE));
        end = buffer.setString(end, 0, "─".repeat(bar - full), DIM);
        buffer.setString(end + 2, 0, clean(run.name()), Style.EMPTY);
        buffer.setString(Math.max(0, width - right.length()), 0, right, Style.EMPTY);
    }

    private String speed() {
        OptionalDouble speed = run.last().orElseThrow().tokensPerSecond();
        return speed.isPresent() ? String.format(Locale.ROOT, "%.0f tokens/s, ", speed.getAsDouble()) : "";
    }

    private void foot() {
        buffer.setString(1, height - 1, "Ctrl-C stops and saves", DIM);
        String first = run.taken().isEmpty()
                ? ""
                : "steps " + run.taken().get(0).step() + " to "
                        + run.last().orElseThrow().step() + " ";
        buffer.setString(width - first.length(), height - 1, first, DIM);
    }

    private void charts(Rect row, StepChart left, StepChart right) {
        int half = row.width() / 2;
        left.draw(new Rect(row.x(), row.y(), half, row.height()), buffer);
        right.draw(new Rect(row.x() + half, row.y(), row.width() - half, row.height()), buffer);
    }

    private StepChart kl() {
        boolean perToken = run.belt().unit() == KlUnit.NATS_PER_TOKEN;
        OptionalDouble target = run.belt().controller().hasTarget()
                ? OptionalDouble.of(run.belt().target())
                : OptionalDouble.empty();
        Function<ReferenceKl, OptionalDouble> mean =
                perToken ? ReferenceKl::natsPerToken : ReferenceKl::natsPerSequence;
        Function<ReferenceKl, OptionalDouble> error =
                perToken ? ReferenceKl::seNatsPerToken : ReferenceKl::seNatsPerSequence;
        Optional<ReferenceKl> last = run.last().flatMap(StepRecord::referenceKl);
        String title = " KL"
                + last.map(kl -> known(" ", mean.apply(kl)) + twoDigits(" ± ", error.apply(kl)))
                        .orElse("")
                + (perToken ? " nats/token" : " nats/seq.") + known(", target ", target) + " ";
        double[] values = values(step -> step.referenceKl().map(mean).orElse(OptionalDouble.empty()));
        return new StepChart(title, steps(), values, target, OptionalDouble.of(0));
    }

    private StepChart figure(String name, Function<StepRecord, OptionalDouble> figure, OptionalDouble floor) {
        String last = run.last().map(step -> known(" ", figure.apply(step))).orElse("");
        return new StepChart(" " + name + last + " ", steps(), values(figure), OptionalDouble.empty(), floor);
    }

    private static OptionalDouble score(StepRecord step) {
        return step.score().map(score -> OptionalDouble.of(score.mean())).orElse(OptionalDouble.empty());
    }

    private double[] steps() {
        return run.taken().stream().mapToDouble(StepRecord::step).toArray();
    }

    private double[] values(Function<StepRecord, OptionalDouble> figure) {
        return run.taken().stream()
                .mapToDouble(step -> figure.apply(step).orElse(Double.NaN))
                .toArray();
    }

    private void samples(Rect area) {
        List<Line> lines = new ArrayList<>();
        run.samples().stream().limit(area.height()).forEach(sample -> lines.add(line(sample)));
        paragraph(area, " samples of the last step (red: likelier than under the reference) ", lines);
    }

    private static Line line(SampleRecord sample) {
        List<Span> spans = new ArrayList<>();
        String figures = String.format(Locale.ROOT, "score %.2f KL %.1f  ", sample.score(), sample.klNats());
        spans.add(Span.styled(figures, DIM));
        spans.add(Span.styled(clean(sample.prompt()), DIM));
        List<String> tokens = sample.responseTokens().orElse(List.of(sample.response()));
        for (int t = 0; t < tokens.size(); t++) {
            spans.add(Span.styled(clean(tokens.get(t)), style(sample, t)));
        }
        return Line.from(spans);
    }

    private static Style style(SampleRecord sample, int token) {
        if (sample.responseTokens().isEmpty() || !sample.mask()[token]) {
            return Style.EMPTY;
        }
        double ratio = sample.logprobs()[token] - sample.refLogprobs()[token];
        return ratio > TELLING ? MORE_LIKELY : ratio < -TELLING ? LESS_LIKELY : Style.EMPTY;
    }

    private void news(Rect area) {
        List<Line> lines = new ArrayList<>();
        int from = Math.max(0, run.news().size() - (area.height() - 2));
        for (LiveRun.News news : run.news().subList(from, run.news().size())) {
            String word = news.severity()
                    .map(severity -> severity.name().toLowerCase(Locale.ROOT) + " ")
                    .orElse("");
            lines.add(Line.from(
                    Span.styled(word, style(news.severity())), Span.styled(clean(news.sentence()), Style.EMPTY)));
        }
        if (lines.isEmpty()) {
            lines.add(Line.styled("nothing was found so far", DIM));
        }
        // newest last, one line each
        Paragraph.builder()
                .text(Text.from(lines))
                .overflow(Overflow.ELLIPSIS)
                .block(StepChart.frame(Title.from(" findings ")))
                .build()
                .render(area, buffer);
    }

    private static Style style(Optional<Severity> severity) {
        return severity.filter(Severity.CRITICAL::equals).isPresent()
                ? Style.create().fg(Color.indexed(203)).bold()
                : severity.filter(Severity.WARNING::equals).isPresent()
                        ? Style.create().fg(StepChart.WISHED)
                        : DIM;
    }

    private void paragraph(Rect area, String title, List<Line> lines) {
        Paragraph.builder()
                .text(Text.from(lines))
                .overflow(Overflow.WRAP_WORD)
                .block(StepChart.frame(Title.from(title).ellipsis()))
                .build()
                .render(area, buffer);
    }

    /** As errors are told. */
    private static String twoDigits(String before, OptionalDouble value) {
        return value.isPresent() ? before + String.format(Locale.ROOT, "%.2g", value.getAsDouble()) : "";
    }

    private static String known(String before, OptionalDouble value) {
        return value.isPresent() ? before + Numbers.rough(value.getAsDouble()) : "";
    }

    /** What a model writes may hold line ends, and orders to the terminal: none of them gets there. */
    private static String clean(String text) {
        return text.replace("\n", "⏎").replaceAll("\\p{C}", "�");
    }
}
