package dev.tether.cli.model;

import static dev.tether.run.chart.Numbers.rough;

import dev.tether.cli.console.Screen;
import dev.tether.core.kl.KlLedger;
import dev.tether.core.kl.ResponseMask;
import dev.tether.run.report.TokenPage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a second model says of an answer.
 *
 * @param tokens as the first model, which answered, reads them
 * @param refLogprobs [T] of the second, nats
 * @param exactNats [T] KL(first ‖ second) of the distributions at each position, nats
 */
record Comparison(ReadTokens tokens, double[] refLogprobs, double[] exactNats) {
    private static final int NAMED = 5;
    /** Nats from which a token is painted, in steps. */
    private static final double[] STEPS = {0.25, 0.75, 1.5, 3};
    /** Grounds of the 256 ANSI colours for these steps: reds where the first model likes the token more. */
    private static final int[] MORE = {224, 217, 210, 203};

    private static final int[] LESS = {189, 153, 111, 69};

    double[] logRatios() {
        double[] logRatios = new double[tokens.size()];
        Arrays.setAll(logRatios, t -> tokens.logprobs()[t] - refLogprobs[t]);
        return logRatios;
    }

    double sum() {
        return Arrays.stream(logRatios()).sum();
    }

    double exactSum() {
        return Arrays.stream(exactNats).sum();
    }

    /** The answer, painted where the screen has colours. */
    String painted() {
        double[] logRatios = logRatios();
        return IntStream.range(0, tokens.size())
                .mapToObj(t -> paint(tokens.texts().get(t).replace('▁', ' '), logRatios[t]))
                .collect(Collectors.joining());
    }

    private static String paint(String text, double logRatio) {
        int step = -1;
        while (step + 1 < STEPS.length && Math.abs(logRatio) >= STEPS[step + 1]) {
            step++;
        }
        if (step < 0) {
            return text;
        }
        int ground = logRatio > 0 ? MORE[step] : LESS[step];
        // black on a light ground, and no ground across a line's end, which some terminals would fill
        String on = "\u001b[38;5;16;48;5;" + ground + "m";
        return on + text.replace("\n", "\u001b[0m\n" + on) + "\u001b[0m";
    }

    private static String legend() {
        String less = IntStream.iterate(STEPS.length - 1, i -> i >= 0, i -> i - 1)
                .mapToObj(i -> paint(" -" + STEPS[i] + " ", -STEPS[i]))
                .collect(Collectors.joining());
        String more = IntStream.range(0, STEPS.length)
                .mapToObj(i -> paint(" +" + STEPS[i] + " ", STEPS[i]))
                .collect(Collectors.joining());
        return "liked less than by the other model " + less + " nats " + more + " liked more";
    }

    /** Everything below the answer: colours, the table, what it sums to, where it was spent. */
    String text(Screen screen) {
        double[] logRatios = logRatios();
        String table = tokens.table("logprob other log-ratio exact-KL", t ->
                new double[] {tokens.logprobs()[t], refLogprobs[t], logRatios[t], exactNats[t]});
        return (screen.isColoured() ? legend() + "\n\n" : "") + table + "\n\n" + String.join("\n", summary());
    }

    /** The sums and the ledger, in sentences. */
    List<String> summary() {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "%d tokens, log-ratio %.4f nats in all (k1), %.4f per token; exact KL at these positions %.4f nats,"
                                + " %.4f per token",
                        tokens.size(),
                        sum(),
                        sum() / tokens.size(),
                        exactSum(),
                        exactSum() / tokens.size()),
                spent());
    }

    private String spent() {
        KlLedger ledger = KlLedger.of(
                new double[][] {exactNats}, ResponseMask.all(1, tokens.size()), new int[][] {tokens.ids()}, new int[] {0
                });
        if (!(ledger.totalNats() > 0)) {
            return "no KL was spent";
        }
        String dearest = ledger.byToken().stream()
                .limit(NAMED)
                .filter(entry -> entry.nats() > 0)
                .map(entry -> quoted(entry.key()) + " " + rough(entry.nats()) + percent(ledger.share(entry)))
                .collect(Collectors.joining(", "));
        List<KlLedger.Entry> positions = ledger.byPosition();
        return "most of the exact KL was spent where it wrote " + dearest + "; first token "
                + rough(positions.get(0).nats()) + ", last "
                + rough(positions.get(positions.size() - 1).nats());
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, " (%.0f %%)", 100 * share);
    }

    private String quoted(long id) {
        int at = IntStream.range(0, tokens.size())
                .filter(t -> tokens.ids()[t] == id)
                .findFirst()
                .orElseThrow();
        return "\"" + tokens.texts().get(at).replace("\n", "\\n") + "\"";
    }

    /** For a browser. */
    TokenPage page(String title, List<String> facts, String prompt) {
        return new TokenPage(
                title,
                facts,
                prompt,
                IntStream.range(0, tokens.size())
                        .mapToObj(t -> new TokenPage.Token(
                                tokens.texts().get(t),
                                tokens.ids()[t],
                                tokens.logprobs()[t],
                                refLogprobs[t],
                                exactNats[t]))
                        .toList());
    }
}
