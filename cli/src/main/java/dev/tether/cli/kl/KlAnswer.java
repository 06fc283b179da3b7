package dev.tether.cli.kl;

import dev.tether.cli.console.Words;
import dev.tether.core.kl.KlDirection;
import dev.tether.core.kl.KlEstimates;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlFigure;
import dev.tether.core.kl.KlSignificance;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.kl.SequenceSums;
import dev.tether.core.kl.TruncatedKl;
import dev.tether.core.stats.Interval;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Every KL figure over all rows, and whether it can be one. */
final class KlAnswer {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** A difference of k1 and k3 beyond this many standard errors says that the tokens came from elsewhere. */
    private static final double DISAGREEMENT = 4;

    private final KlQuestion question;
    private final List<LogprobRow> rows;
    private final LogprobPair pair;
    private final KlEstimates estimates;
    private final KlSignificance significance;

    KlAnswer(KlQuestion question, List<LogprobRow> rows) {
        this.question = question;
        this.rows = rows;
        this.pair = together(rows);
        this.estimates = KlEstimates.of(pair, question.direction(), question.against());
        this.significance = KlSignificance.of(estimates.k1().figure(KlUnit.NATS_PER_SEQUENCE));
    }

    private static LogprobPair together(List<LogprobRow> rows) {
        double[][] logprobs = new double[rows.size()][];
        double[][] refLogprobs = new double[rows.size()][];
        boolean[][] counts = new boolean[rows.size()][];
        for (int b = 0; b < rows.size(); b++) {
            LogprobPair row = rows.get(b).pair();
            logprobs[b] = row.logprobs()[0];
            refLogprobs[b] = row.refLogprobs()[0];
            counts[b] = new boolean[logprobs[b].length];
            for (int t = 0; t < counts[b].length; t++) {
                counts[b][t] = row.responseMask().counts(0, t);
            }
        }
        return new LogprobPair(logprobs, refLogprobs, ResponseMask.of(counts));
    }

    /** Below zero by more than noise, which no KL can be. */
    boolean isNegative() {
        return significance.verdict() == KlSignificance.Verdict.NEGATIVE;
    }

    /** What to tell a person when {@link #isNegative}. */
    String sentence() {
        KlSummary k1 = estimates.k1();
        return String.format(
                Locale.ROOT,
                "%s is %.4g ± %.4g nats/sequence, below zero by more than noise (p = %.2g), which no KL can be. Likely: %s",
                question.label(),
                k1.natsPerSequence(),
                k1.seNatsPerSequence(),
                significance.pValue(),
                significance.likelyCauses().stream()
                        .limit(3)
                        .map(cause -> cause.sentence())
                        .reduce((a, b) -> a + "; or " + b)
                        .orElse("the numbers are not what their names say"));
    }

    ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.put("kl", question.label());
        json.put("direction", Words.name(question.direction()));
        json.put("against", Words.name(question.against()));
        json.put("tokens_drawn_from", drawnFrom());
        json.put("estimator", Words.name(question.estimator()));
        json.put("kl_coef", question.klCoef());
        json.put("sequences", rows.size());
        json.put("tokens", pair.responseMask().counted());
        json.put("interval_level", question.bootstrap().level());
        for (KlEstimator each : KlEstimator.values()) {
            json.set(Words.name(each), figures(each));
        }
        json.set("significance", significanceJson());
        json.set("disagreement", disagreement());
        if (rows.stream().anyMatch(row -> row.top().isPresent())) {
            json.set("bounds_from_top_logprobs", bounds());
        }
        return json;
    }

    private String drawnFrom() {
        return question.direction() == KlDirection.POLICY_FIRST
                ? "policy"
                : question.against().label();
    }

    private ObjectNode figures(KlEstimator estimator) {
        KlSummary kl = estimates.by(estimator);
        SequenceSums sums = SequenceSums.of(pair.natsPerToken(estimator), pair.responseMask());
        ObjectNode json = JSON.createObjectNode();
        json.put("nats_per_token", kl.natsPerToken());
        json.put("se_nats_per_token", known(kl.seNatsPerToken()));
        json.set("interval_nats_per_token", interval(sums, KlUnit.NATS_PER_TOKEN));
        json.put("nats_per_sequence", kl.natsPerSequence());
        json.put("se_nats_per_sequence", known(kl.seNatsPerSequence()));
        json.set("interval_nats_per_sequence", interval(sums, KlUnit.NATS_PER_SEQUENCE));
        json.put("max_nats_per_token", kl.maxNatsPerToken());
        return json;
    }

    /** Null where one sequence cannot tell. */
    private ArrayNode interval(SequenceSums sums, KlUnit unit) {
        if (sums.sums().length < 2) {
            return null;
        }
        Interval interval = sums.interval(unit, question.bootstrap());
        return JSON.createArrayNode().add(interval.low()).add(interval.high());
    }

    private ObjectNode significanceJson() {
        KlFigure figure = estimates.k1().figure(KlUnit.NATS_PER_SEQUENCE);
        ObjectNode json = JSON.createObjectNode();
        json.put("of", figure.label());
        json.put("verdict", Words.name(significance.verdict()));
        json.put("t", significance.t());
        json.put("p_value", significance.pValue());
        json.put("sentence", significance.sentence());
        ArrayNode causes = json.putArray("likely_causes");
        significance.likelyCauses().forEach(cause -> causes.add(cause.sentence()));
        return json;
    }

    private ObjectNode disagreement() {
        KlEstimates.Disagreement disagreement = estimates.disagreement();
        ObjectNode json = JSON.createObjectNode();
        json.put("of", "k3 - k1, 0 in expectation where the tokens were drawn from the " + drawnFrom());
        json.put("nats_per_sequence", disagreement.nats());
        json.put("se_nats_per_sequence", known(disagreement.standardError()));
        json.put("within_" + Math.round(DISAGREEMENT) + "_errors", disagreement.isWithin(DISAGREEMENT));
        return json;
    }

    private ObjectNode bounds() {
        double lower = 0;
        double upper = 0;
        double tail = 0;
        double refTail = 0;
        long tokens = 0;
        long sequences = 0;
        for (LogprobRow row : rows) {
            if (row.top().isPresent()) {
                sequences++;
                for (TruncatedKl at : bounds(row)) {
                    if (at != null) {
                        lower += at.lower();
                        upper += at.upper();
                        tail += at.tailMass();
                        refTail += at.refTailMass();
                        tokens++;
                    }
                }
            }
        }
        ObjectNode json = JSON.createObjectNode();
        json.put("sequences", sequences);
        json.put("tokens", tokens);
        json.put("lower_nats_per_token", lower / tokens);
        json.put("upper_nats_per_token", known(upper / tokens));
        json.put("lower_nats_per_sequence", lower / sequences);
        json.put("upper_nats_per_sequence", known(upper / sequences));
        json.put("mean_tail_mass", tail / tokens);
        json.put("mean_ref_tail_mass", refTail / tokens);
        return json;
    }

    private TruncatedKl[] bounds(LogprobRow row) {
        return row.top().orElseThrow().bounds(row.pair().responseMask(), question.refLogprobFloor());
    }

    /** What cannot be known is null. */
    static Double known(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
