package dev.tether.run.report;

import dev.tether.core.kl.KlGrowth;
import dev.tether.core.kl.KlLedger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where a run spent its KL, by k1: of the samples of its last steps, and how that differs from its first.
 *
 * @param first steps that the beginning is taken from
 * @param last steps that the end is taken from
 * @param before ledger of the first steps; empty where the run is too short to have two ends
 * @param ledger of the last steps
 * @param growth of KL per sequence from the first to the last steps; empty as {@code before}
 * @param lastTokenNats spent on the stop tokens of responses that ended
 * @param punctuationNats spent on tokens of punctuation alone; empty where the texts are not known
 * @param prompts by the ledgers' prompt index
 * @param texts of tokens by id, as far as they are known
 */
public record SpentKl(
        Steps first,
        Steps last,
        Optional<KlLedger> before,
        KlLedger ledger,
        Optional<KlGrowth> growth,
        double lastTokenNats,
        OptionalDouble punctuationNats,
        List<String> prompts,
        Map<Long, String> texts) {

    /** From a step to a step, both included. */
    public record Steps(long from, long to) {
        public boolean contains(long step) {
            return step >= from && step <= to;
        }

        @Override
        public String toString() {
            return from == to ? "step " + from : "steps " + from + " to " + to;
        }
    }

    /** Spent on the first token of each response. */
    public double firstTokenNats() {
        return ledger.byPosition().get(0).nats();
    }

    /** The share of all KL, empty where there is none to share. */
    public OptionalDouble share(double nats) {
        return ledger.totalNats() > 0 ? OptionalDouble.of(nats / ledger.totalNats()) : OptionalDouble.empty();
    }

    /** The token as a reader sees it: its text with blanks made visible, or its id. */
    public String token(long id) {
        String text = texts.get(id);
        return text == null || text.isEmpty()
                ? "id " + id
                : text.replace(' ', '␣').replace('▁', '␣').replace("\n", "⏎").replace("\t", "⇥");
    }

    /** The token within a sentence. */
    public String quoted(long id) {
        return texts.getOrDefault(id, "").isEmpty() ? token(id) : "“" + token(id) + "”";
    }
}
