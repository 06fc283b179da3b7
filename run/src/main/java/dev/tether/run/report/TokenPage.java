package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.brief;
import static dev.tether.run.chart.Xml.escape;

import dev.tether.run.AtomicFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * An answer as one HTML page, each token coloured by how much more one model likes it than another: red where more, blue
 * where less; its numbers show when it is pointed at.
 *
 * @param title what was compared
 * @param facts of the comparison
 * @param prompt that was answered
 * @param tokens of the answer, in order
 */
public record TokenPage(String title, List<String> facts, String prompt, List<Token> tokens) {
    /** Nats at which a colour is full. */
    private static final double FULL = 3;

    private static final String MORE = "216,66,56";
    private static final String LESS = "46,116,222";

    /**
     * One token of the answer.
     *
     * @param text of it alone
     * @param id in the vocabulary
     * @param logprob under the model that answered, nats
     * @param refLogprob under the other, nats
     * @param exactNats KL of the two models' distributions at its position
     */
    public record Token(String text, int id, double logprob, double refLogprob, double exactNats) {
        double logRatio() {
            return logprob - refLogprob;
        }
    }

    public TokenPage {
        facts = List.copyOf(facts);
        tokens = List.copyOf(tokens);
    }

    /** One file that needs nothing else. */
    public String html() {
        StringBuilder out = new StringBuilder();
        out.append("<header>\n<h1><span class=\"name\">").append(escape(title)).append("</span></h1>\n");
        HtmlPage.facts(out, facts);
        out.append("</header>\n<section><h2>The answer</h2>\n<p class=\"said tokens\"><span class=\"prompt\">")
                .append(escape(prompt))
                .append("</span>");
        tokens.forEach(token -> token(out, token));
        out.append("</p>\n").append(legend()).append("</section>\n");
        table(out);
        return HtmlPage.of(
                title,
                out,
                "Log-ratio: log-probability under the model that answered less that under the other, in nats; their sum is"
                        + " the k1 reading of the KL between the two on this answer. Exact KL: over the whole vocabulary,"
                        + " at that position.");
    }

    /** Writes {@link #html} whole or not at all. */
    public void write(Path file) {
        AtomicFiles.writeFile(file, html());
    }

    private static void token(StringBuilder out, Token token) {
        out.append("<span style=\"%s\" title=\"%s\">%s</span>"
                .formatted(ground(token.logRatio()), escape(hover(token)), escape(shown(token.text()))));
    }

    private static String hover(Token token) {
        return visible(token.text()) + " (id " + token.id() + "): log-ratio " + brief(token.logRatio())
                + " nats, logprob "
                + brief(token.logprob()) + " against " + brief(token.refLogprob()) + ", exact KL "
                + brief(token.exactNats());
    }

    private static String ground(double logRatio) {
        double strength = Math.min(1, Math.abs(logRatio) / FULL);
        return String.format(
                Locale.ROOT, "border-radius:3px;background:rgba(%s,%.2f)", logRatio > 0 ? MORE : LESS, 0.7 * strength);
    }

    /** A line break shows as a sign, too: otherwise its colour could not be seen. */
    private static String shown(String text) {
        return text.replace('▁', ' ').replace("\n", "⏎\n");
    }

    private static String visible(String text) {
        return "“" + text.replace(' ', '␣').replace('▁', '␣').replace("\n", "⏎").replace("\t", "⇥") + "”";
    }

    private static String legend() {
        StringBuilder out = new StringBuilder("<p class=\"paid\">log-ratio, nats: ");
        for (double nats : new double[] {-3, -1.5, -0.5, 0, 0.5, 1.5, 3}) {
            out.append("<span style=\"%s\">&nbsp;%s&nbsp;</span> ".formatted(ground(nats), brief(nats)));
        }
        return out.append("</p>\n").toString();
    }

    private void table(StringBuilder out) {
        out.append("<section><h2>Token by token</h2>\n<div class=\"wide\"><table class=\"steps\"><thead><tr>"
                + "<th class=\"text\">token</th><th>id</th><th>logprob</th><th>other</th><th>log-ratio</th>"
                + "<th>exact KL</th></tr></thead><tbody>\n");
        for (Token token : tokens) {
            out.append(("<tr><th class=\"text\"><span style=\"%s\">%s</span></th><td>%d</td><td>%s</td><td>%s</td>"
                            + "<td>%s</td><td>%s</td></tr>\n")
                    .formatted(
                            ground(token.logRatio()),
                            escape(visible(token.text())),
                            token.id(),
                            brief(token.logprob()),
                            brief(token.refLogprob()),
                            brief(token.logRatio()),
                            brief(token.exactNats())));
        }
        out.append("</tbody></table></div></section>\n");
    }
}
