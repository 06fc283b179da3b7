package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;
import static dev.tether.run.chart.Xml.escape;

import dev.tether.core.kl.KlLedger;
import dev.tether.run.chart.Chart;
import dev.tether.run.chart.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Where the KL was spent: the section of one run. */
final class LedgerSection {
    private static final int TOKENS = 12;
    private static final int PROMPTS = 8;
    private static final int PROMPT_LENGTH = 70;

    private final SpentKl spent;
    private final String heading;

    LedgerSection(SpentKl spent, String heading) {
        this.spent = spent;
        this.heading = heading;
    }

    void appendTo(StringBuilder out) {
        out.append("<section><h2>Where the KL was spent</h2>\n").append(heading);
        LedgerText.of(spent).forEach(line -> out.append("<p class=\"verdict\">%s</p>\n".formatted(escape(line))));
        out.append("<div class=\"ledger\">\n");
        HtmlPage.charts(out, List.of(byPosition()));
        table(out, "by token", "token", spent.ledger().byToken(), TOKENS, e -> spent.token(e.key()));
        table(out, "by prompt", "prompt", spent.ledger().byPrompt(), PROMPTS, this::prompt);
        out.append("</div></section>\n");
    }

    private Chart byPosition() {
        List<Series> series = new ArrayList<>();
        spent.before().ifPresent(before -> series.add(line(spent.first().toString(), 7, before)));
        series.add(line(spent.last().toString(), 0, spent.ledger()));
        return Chart.of("KL by position in the response", "token of the response", "nats per token", series);
    }

    private static Series line(String name, int colour, KlLedger ledger) {
        List<KlLedger.Entry> entries = ledger.byPosition();
        return Series.line(
                name,
                colour,
                entries.stream().mapToDouble(e -> e.key() + 1).toArray(),
                entries.stream().mapToDouble(KlLedger.Entry::natsPerToken).toArray());
    }

    private String prompt(KlLedger.Entry entry) {
        String text = spent.prompts().get((int) entry.key());
        return text.length() <= PROMPT_LENGTH ? text : text.substring(0, PROMPT_LENGTH) + "…";
    }

    private void table(
            StringBuilder out,
            String caption,
            String what,
            List<KlLedger.Entry> entries,
            int most,
            Function<KlLedger.Entry, String> name) {
        out.append("<div class=\"wide\"><table class=\"steps spent\"><caption>%s, the most costly first</caption>"
                .formatted(caption));
        out.append(
                "<thead><tr><th class=\"text\">%s</th><th>share</th><th class=\"text\"></th><th>nats</th><th>tokens</th><th>nats / token</th></tr></thead><tbody>\n"
                        .formatted(what));
        for (KlLedger.Entry entry : entries.subList(0, Math.min(most, entries.size()))) {
            OptionalDouble share = spent.share(entry.nats());
            out.append(
                    "<tr><th class=\"text\">%s</th><td>%s</td><td class=\"bar\">%s</td><td>%s</td><td>%d</td><td>%s</td></tr>\n"
                            .formatted(
                                    escape(name.apply(entry)),
                                    share.isPresent() ? LedgerText.percent(share.getAsDouble()) : "",
                                    bar(share.orElse(0)),
                                    rough(entry.nats()),
                                    entry.tokens(),
                                    rough(entry.natsPerToken())));
        }
        out.append("</tbody></table>");
        if (entries.size() > most) {
            out.append("<p class=\"more\">and %d more</p>".formatted(entries.size() - most));
        }
        out.append("</div>\n");
    }

    private static String bar(double share) {
        double width = 100 * Math.max(0, Math.min(1, share));
        return width == 0 ? "" : String.format(Locale.ROOT, "<i style=\"width:%.1f%%\"></i>", width);
    }
}
