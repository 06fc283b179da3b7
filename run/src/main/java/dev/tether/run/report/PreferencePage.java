package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.fixed;
import static dev.tether.run.chart.Numbers.rough;
import static dev.tether.run.chart.Xml.escape;

import dev.tether.core.stats.Calibration;
import dev.tether.core.stats.Interval;
import dev.tether.core.stats.Logistic;
import dev.tether.core.stats.Proportion;
import dev.tether.run.AtomicFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a reward model learned from preferences, as one HTML page: whether it agrees with preferences it has not seen, and
 * whether it is as sure as it ought to be.
 *
 * @param title what was learned
 * @param facts of the learning, such as model, pairs and time
 * @param learned one per step, in order
 * @param measured what the held-out pairs said, in order; the last is the model as saved; at least one
 * @param mistakes the held-out pairs that the model is wrong about, the surest first
 */
public record PreferencePage(
        String title, List<String> facts, List<Learned> learned, List<Measured> measured, List<Mistake> mistakes) {
    /** Stripes of confidence in the reliability diagram. */
    static final int BINS = 10;

    private static final int EXCERPT = 400;

    /**
     * A step.
     *
     * @param loss nats per pair
     * @param accuracy share of its pairs whose chosen answer scored higher
     */
    public record Learned(int step, double loss, double accuracy) {}

    /**
     * The held-out pairs after a step; 0 = before the first.
     *
     * @param margins r(chosen) − r(rejected); at least one
     */
    public record Measured(int step, double[] margins) {
        /** Mean of −log σ(margin), nats per pair. */
        public double loss() {
            return Logistic.meanLoss(margins);
        }

        /** How many chosen answers score higher. */
        public Proportion accuracy() {
            return Calibration.accuracy(margins);
        }

        /** How far confidence is from accuracy. */
        public Calibration calibration() {
            return Calibration.of(margins, BINS);
        }
    }

    /**
     * A pair whose rejected answer scores higher.
     *
     * @param margin r(chosen) − r(rejected) &lt; 0
     */
    public record Mistake(String prompt, String chosen, String rejected, double margin) {}

    public PreferencePage {
        facts = List.copyOf(facts);
        learned = List.copyOf(learned);
        measured = List.copyOf(measured);
        mistakes = List.copyOf(mistakes);
        if (measured.isEmpty()) {
            throw new IllegalArgumentException("measured = [], must have at least one");
        }
    }

    /** The model as saved. */
    public Measured last() {
        return measured.get(measured.size() - 1);
    }

    /** What came of it, in sentences. */
    public List<String> sentences() {
        Interval interval = last().accuracy().interval();
        double temperature = Logistic.temperature(last().margins());
        return List.of(
                String.format(
                        Locale.ROOT,
                        "It agrees with %.1f %% of %,d preferences it has not learned from (95 %% interval %.1f to %.1f %%); "
                                + "a coin would with 50 %%.",
                        100 * last().accuracy().share(),
                        last().margins().length,
                        100 * interval.low(),
                        100 * interval.high()),
                String.format(
                        Locale.ROOT,
                        "Its loss there is %.4f nats per pair (a coin's: %.4f). Expected calibration error %.1f %%: by so "
                                + "much its confidence misses its accuracy, on average; margins divided by %s would fit "
                                + "best, so it is %s.",
                        last().loss(),
                        Math.log(2),
                        100 * last().calibration().expectedError(),
                        rough(temperature),
                        temperature > 1.1
                                ? "too sure of itself"
                                : temperature < 0.9 ? "too careful" : "about as sure as it ought to be"));
    }

    /** One file that needs nothing else. */
    public String html() {
        StringBuilder out = new StringBuilder();
        out.append("<header>\n<h1><span class=\"name\">").append(escape(title)).append("</span></h1>\n");
        sentences().forEach(s -> out.append("<p class=\"verdict\">%s</p>\n".formatted(escape(s))));
        HtmlPage.facts(out, facts);
        out.append("</header>\n<section><h2>What it knows, and whether it knows that it does</h2>\n");
        HtmlPage.charts(out, new PreferenceCharts(this).all());
        out.append("</section>\n");
        reliability(out);
        course(out);
        mistakes(out);
        return HtmlPage.of(
                title,
                out,
                "Confidence: σ(|margin|), the probability that the model gives to the answer it scores higher. Intervals are"
                        + " Wilson's, 95 %. Held-out pairs are never learned from.");
    }

    /** Writes {@link #html} whole or not at all. */
    public void write(Path file) {
        AtomicFiles.writeFile(file, html());
    }

    private void reliability(StringBuilder out) {
        out.append("<section><h2>Reliability</h2>\n<div class=\"wide\"><table class=\"steps\"><thead><tr>"
                + "<th>confidence</th><th>accuracy</th><th>interval</th><th>pairs</th></tr></thead><tbody>\n");
        for (Calibration.Bin bin : last().calibration().bins()) {
            Interval interval = bin.accuracy().interval();
            out.append("<tr><th>%s</th><td>%s</td><td>%s to %s</td><td>%d</td></tr>\n"
                    .formatted(
                            fixed(bin.confidence(), 3),
                            fixed(bin.accuracy().share(), 3),
                            fixed(interval.low(), 3),
                            fixed(interval.high(), 3),
                            bin.accuracy().trials()));
        }
        out.append("</tbody></table></div></section>\n");
    }

    private void course(StringBuilder out) {
        out.append(
                "<section><h2>Held-out pairs while it learned</h2>\n<div class=\"wide\"><table class=\"steps\"><thead>"
                        + "<tr><th>step</th><th>accuracy</th><th>loss</th><th>calibration error</th></tr></thead><tbody>\n");
        for (Measured each : measured) {
            out.append("<tr><th>%d</th><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                    .formatted(
                            each.step(),
                            fixed(each.accuracy().share(), 4),
                            fixed(each.loss(), 4),
                            fixed(each.calibration().expectedError(), 4)));
        }
        out.append("</tbody></table></div></section>\n");
    }

    private void mistakes(StringBuilder out) {
        if (mistakes.isEmpty()) {
            return;
        }
        out.append("<section><h2>Its surest mistakes</h2>\n<div class=\"wide\"><table><thead><tr><th>margin</th>"
                + "<th>prompt</th><th>chosen</th><th>rejected, and scored higher</th></tr></thead><tbody>\n");
        for (Mistake mistake : mistakes) {
            out.append("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                    .formatted(
                            fixed(mistake.margin(), 2),
                            excerpt(mistake.prompt()),
                            excerpt(mistake.chosen()),
                            excerpt(mistake.rejected())));
        }
        out.append("</tbody></table></div></section>\n");
    }

    private static String excerpt(String text) {
        return escape(text.length() <= EXCERPT ? text : text.substring(0, EXCERPT) + "…");
    }
}
