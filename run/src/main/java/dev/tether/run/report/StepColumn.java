package dev.tether.run.report;

import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.PairFigures;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.ResponseTokens;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.UpdateKl;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * A column of the table of steps.
 *
 * @param name above it
 * @param key in the journal
 * @param figure of a step
 */
record StepColumn(String name, String key, Function<StepRecord, OptionalDouble> figure) {
    static final List<StepColumn> ALL = List.of(
            new StepColumn("score", "score.mean", of(StepRecord::score, Distribution::mean)),
            new StepColumn("± sd", "score.sd", of(StepRecord::score, Distribution::sd)),
            new StepColumn("rlhf reward", "rlhf_reward", StepRecord::rlhfReward),
            new StepColumn("KL / sequence", "reference_kl.nats_per_sequence", kl(ReferenceKl::natsPerSequence)),
            new StepColumn("± SE", "reference_kl.se_nats_per_sequence", kl(ReferenceKl::seNatsPerSequence)),
            new StepColumn("KL / token", "reference_kl.nats_per_token", kl(ReferenceKl::natsPerToken)),
            new StepColumn("± SE", "reference_kl.se_nats_per_token", kl(ReferenceKl::seNatsPerToken)),
            new StepColumn("max KL", "reference_kl.max_nats_per_token", kl(ReferenceKl::maxNatsPerToken)),
            new StepColumn("β", "kl_coef", StepRecord::klCoef),
            new StepColumn("entropy", "entropy", StepRecord::entropy),
            new StepColumn("update KL", "update_kl.nats_per_token", of(StepRecord::updateKl, UpdateKl::natsPerToken)),
            new StepColumn("clipped", "clip_fraction", StepRecord::clipFraction),
            new StepColumn("pairs right", "pairs.accuracy", of(StepRecord::pairs, PairFigures::accuracy)),
            new StepColumn("margin", "pairs.margin", of(StepRecord::pairs, PairFigures::margin)),
            new StepColumn("length", "response_tokens.mean", of(StepRecord::responseTokens, ResponseTokens::mean)),
            new StepColumn("tokens/s", "tokens_per_second", StepRecord::tokensPerSecond));

    /** The columns that at least one of the steps has a figure for. */
    static List<StepColumn> known(List<StepRecord> steps) {
        return ALL.stream()
                .filter(column -> steps.stream()
                        .anyMatch(step -> column.figure().apply(step).isPresent()))
                .toList();
    }

    private static <T> Function<StepRecord, OptionalDouble> of(
            Function<StepRecord, Optional<T>> group, Function<T, Double> figure) {
        return step ->
                group.apply(step).map(g -> OptionalDouble.of(figure.apply(g))).orElse(OptionalDouble.empty());
    }

    private static Function<StepRecord, OptionalDouble> kl(Function<ReferenceKl, OptionalDouble> figure) {
        return step -> step.referenceKl().map(figure).orElse(OptionalDouble.empty());
    }
}
