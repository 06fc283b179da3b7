package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;

import dev.tether.core.kl.KlGrowth;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Where the KL was spent, in sentences. */
final class LedgerText {
    private static final int NAMED = 5;

    private LedgerText() {}

    static List<String> of(SpentKl spent) {
        List<String> lines = new ArrayList<>();
        spent.growth().ifPresent(growth -> lines.add(growth(spent, growth)));
        lines.add(total(spent));
        return lines;
    }

    private static String growth(SpentKl spent, KlGrowth growth) {
        String change = growth.nats() < 0 ? "fell by " : "rose by ";
        return "From " + spent.first() + " to " + spent.last() + ", KL " + change + rough(Math.abs(growth.nats()))
                + " nats per response: " + signed(growth.fromTokens()) + " because each token costs "
                + (growth.fromTokens() < 0 ? "less" : "more") + ", " + signed(growth.fromLength())
                + " because responses are " + (growth.fromLength() < 0 ? "shorter" : "longer") + ".";
    }

    private static String total(SpentKl spent) {
        String head = "In " + spent.last() + ", " + spent.ledger().tokens() + " tokens cost "
                + rough(spent.ledger().totalNats()) + " nats (k1)";
        if (spent.share(0).isEmpty()) {
            return head + ": nothing to share out.";
        }
        String shares = ": stop tokens " + share(spent, spent.lastTokenNats()) + ", first tokens "
                + share(spent, spent.firstTokenNats())
                + (spent.punctuationNats().isPresent()
                        ? ", punctuation "
                                + share(spent, spent.punctuationNats().getAsDouble())
                        : "");
        String dearest = spent.ledger().byToken().stream()
                .limit(NAMED)
                .filter(entry -> entry.nats() > 0)
                .map(entry -> spent.quoted(entry.key()) + " " + share(spent, entry.nats()))
                .collect(Collectors.joining(", "));
        return head + shares + ". Most costly: " + dearest + ".";
    }

    private static String share(SpentKl spent, double nats) {
        OptionalDouble share = spent.share(nats);
        return share.isPresent() ? percent(share.getAsDouble()) : "";
    }

    static String percent(double share) {
        return (share < 0 ? "−" : "") + rough(Math.round(1000 * Math.abs(share)) / 10.0) + " %";
    }

    private static String signed(double nats) {
        return (nats < 0 ? "−" : "+") + rough(Math.abs(nats));
    }
}
