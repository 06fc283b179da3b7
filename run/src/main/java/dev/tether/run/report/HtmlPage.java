package dev.tether.run.report;

import static dev.tether.run.chart.Xml.escape;

import dev.tether.run.chart.Chart;
import dev.tether.run.chart.ChartStyle;
import dev.tether.run.chart.ChartSvg;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What all pages have in common: one file that needs nothing else; no script, no request; light, dark and for printing. */
final class HtmlPage {
    private HtmlPage() {}

    /**
     * A page.
     *
     * @param title as text
     * @param body as HTML
     * @param footer as text
     */
    static String of(String title, CharSequence body, String footer) {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <title>%s · Tether</title>
                <style>
                %s%s</style>
                </head>
                <body>
                <main>
                %s<footer>%s</footer>
                </main>
                </body>
                </html>
                """.formatted(escape(title), ChartStyle.css(), css(), body, escape(footer));
    }

    /** Facts in a row. */
    static void facts(StringBuilder out, List<String> facts) {
        if (!facts.isEmpty()) {
            out.append("<ul class=\"facts\">");
            facts.forEach(fact -> out.append("<li>").append(escape(fact)).append("</li>"));
            out.append("</ul>\n");
        }
    }

    /** Charts in a grid, those of which nothing is known left out. */
    static void charts(StringBuilder out, List<Chart> charts) {
        out.append("<div class=\"charts\">\n");
        for (Chart chart : charts) {
            if (!chart.isEmpty()) {
                out.append("<figure><figcaption>%s</figcaption>\n%s</figure>\n"
                        .formatted(escape(chart.title()), ChartSvg.draw(chart)));
            }
        }
        out.append("</div>\n");
    }

    private static String css() {
        try (InputStream in = HtmlPage.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError("report.css is part of this jar", e);
        }
    }
}
