package dev.tether.run.ingest;

import dev.tether.core.control.KlTarget;
import dev.tether.core.control.MoveReason;
import dev.tether.core.kl.KlAgainst;
import dev.tether.core.kl.KlDirection;
import dev.tether.core.kl.KlEstimates;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.core.stats.Masked;
import dev.tether.run.journal.BeltFigures;
import dev.tether.run.journal.ControllerFigures;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.KlEstimateFigures;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.ResponseTokens;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.StepRecordBuilder;
import dev.tether.run.journal.TextFigures;
import dev.tether.run.journal.Timing;
import dev.tether.run.settings.BeltSettings;
import dev.tether.run.settings.RunSettings;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ObjDoubleConsumer;

/**
 * What follows from a told step, its settings and β; the same for the first time and for a retry.
 *
 * @param step that was told
 * @param settings of belt and reward
 * @param klCoef β that it is charged with
 * @param estimates KL(policy ‖ reference) by all estimators
 * @param mask of the responses
 * @param shaped rewards
 */
record IngestedFigures(
        IngestedStep step,
        RunSettings settings,
        double klCoef,
        KlEstimates estimates,
        ResponseMask mask,
        ShapedRewards shaped) {
    /** What a trainer may tell of its own update; keys as in docs/metrics.md. */
    private static final Map<String, ObjDoubleConsumer<StepRecordBuilder>> TOLD = new TreeMap<>(Map.of(
            "entropy", StepRecordBuilder::entropy,
            "policy_loss", StepRecordBuilder::policyLoss,
            "value_loss", StepRecordBuilder::valueLoss,
            "clip_fraction", StepRecordBuilder::clipFraction,
            "value_clip_fraction", StepRecordBuilder::valueClipFraction,
            "ratio_mean", StepRecordBuilder::ratioMean,
            "gradient_norm", StepRecordBuilder::gradientNorm,
            "learning_rate", StepRecordBuilder::learningRate,
            "explained_variance", StepRecordBuilder::explainedVariance));

    static Set<String> keys() {
        return TOLD.keySet();
    }

    /**
     * Measures a step.
     *
     * @throws IllegalArgumentException where no finite rewards follow from it
     */
    static IngestedFigures of(IngestedStep step, RunSettings settings, double klCoef) {
        List<IngestedSequence> rows = step.sequences();
        ResponseMask mask =
                ResponseMask.of(rows.stream().map(IngestedSequence::mask).toArray(boolean[][]::new));
        LogprobPair pair = new LogprobPair(
                rows.stream().map(IngestedSequence::logprobs).toArray(double[][]::new),
                rows.stream().map(IngestedSequence::refLogprobs).toArray(double[][]::new),
                mask);
        BeltSettings belt = settings.belt();
        ShapedRewards shaped = RewardShaping.shape(
                pair,
                scores(rows, settings),
                belt.estimator(),
                belt.placement().isInReward() ? klCoef : 0,
                settings.reward().scorePlacement());
        requireFinite(shaped.rewards());
        KlEstimates estimates = KlEstimates.of(pair, KlDirection.POLICY_FIRST, KlAgainst.REFERENCE);
        return new IngestedFigures(step, settings, klCoef, estimates, mask, shaped);
    }

    private static double[] scores(List<IngestedSequence> rows, RunSettings settings) {
        boolean[] ended = new boolean[rows.size()];
        for (int b = 0; b < ended.length; b++) {
            Optional<Boolean> told = rows.get(b).ended();
            if (told.isEmpty() && settings.reward().missingEosPenalty() != 0) {
                throw new IllegalArgumentException("sequence " + (b + 1)
                        + " has no \"ended\", must have it where reward.missing_eos_penalty is not 0");
            }
            ended[b] = told.orElse(true);
        }
        double[] raw = rows.stream().mapToDouble(IngestedSequence::score).toArray();
        return settings.reward().shaping().apply(raw, ended);
    }

    private static void requireFinite(double[][] rewards) {
        for (int b = 0; b < rewards.length; b++) {
            for (int t = 0; t < rewards[b].length; t++) {
                if (!Double.isFinite(rewards[b][t])) {
                    throw new IllegalArgumentException("the reward of sequence " + (b + 1) + ", token " + t + " is "
                            + rewards[b][t] + ", must be finite: see reward.scale and belt.kl_coef");
                }
            }
        }
    }

    /** What the controller looks at. */
    KlSummary headline() {
        return estimates.by(settings.belt().estimator());
    }

    int sequences() {
        return step.sequences().size();
    }

    /** The row of the journal. */
    StepRecord record(MoveReason reason, long episodes, Instant time) {
        StepRecordBuilder record = StepRecord.builder(step.step())
                .score(Distribution.of(step.sequences().stream()
                        .mapToDouble(IngestedSequence::score)
                        .toArray()))
                .rlhfReward(shaped.rlhfReward())
                .klPenalty(shaped.meanPenaltyPerSequence())
                .referenceKl(ReferenceKl.of(headline()))
                .referenceKlEstimates(KlEstimateFigures.of(estimates))
                .klCoef(klCoef)
                .controller(controller(reason))
                .belt(placement())
                .referenceNll(-Masked.mean(
                        step.sequences().stream()
                                .map(IngestedSequence::refLogprobs)
                                .toArray(double[][]::new),
                        mask))
                .responseTokens(responseTokens())
                .episodes(episodes)
                .tokens(mask.counted())
                .timing(at(time));
        goldScore().ifPresent(record::goldScore);
        endedShare().ifPresent(record::endedShare);
        text().ifPresent(record::text);
        step.figures().forEach((key, value) -> TOLD.get(key).accept(record, value));
        return record.build();
    }

    private ControllerFigures controller(MoveReason reason) {
        BeltSettings belt = settings.belt();
        String name = belt.controller().name().toLowerCase(Locale.ROOT);
        return belt.controller().hasTarget()
                ? ControllerFigures.of(name, new KlTarget(belt.target(), belt.unit()), reason)
                : ControllerFigures.of(name, reason);
    }

    /** Whether the belt is attached is the other trainer's to show: a verdict is not given. */
    private BeltFigures placement() {
        return new BeltFigures(
                settings.belt().placement(),
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }

    private Optional<Distribution> goldScore() {
        double[] gold = step.sequences().stream()
                .flatMapToDouble(sequence -> sequence.goldScore().stream())
                .toArray();
        return gold.length == 0 ? Optional.empty() : Optional.of(Distribution.of(gold));
    }

    private OptionalDouble endedShare() {
        if (step.sequences().stream().anyMatch(sequence -> sequence.ended().isEmpty())) {
            return OptionalDouble.empty();
        }
        return step.sequences().stream()
                .mapToDouble(sequence -> sequence.ended().orElseThrow() ? 1 : 0)
                .average();
    }

    private ResponseTokens responseTokens() {
        int max = 0;
        for (int b = 0; b < mask.sequences(); b++) {
            max = Math.max(max, mask.counted(b));
        }
        return new ResponseTokens((double) mask.counted() / mask.sequences(), max);
    }

    /** Of what all sequences tell: with some of them missing the figures of two steps would not compare. */
    private Optional<TextFigures> text() {
        List<IngestedSequence> rows = step.sequences();
        boolean tokens = rows.stream()
                .map(IngestedSequence::text)
                .allMatch(text ->
                        text.responseIds().isPresent() || text.responseTokens().isPresent());
        boolean texts = rows.stream()
                .map(IngestedSequence::text)
                .allMatch(text ->
                        text.response().isPresent() || text.responseTokens().isPresent());
        if (!tokens && !texts) {
            return Optional.empty();
        }
        return Optional.of(TextFigures.of(
                tokens ? rows.stream().map(IngestedFigures::ids).toList() : List.of(),
                texts ? rows.stream().map(row -> row.text().responseText()).toList() : List.of()));
    }

    private static int[] ids(IngestedSequence row) {
        return Arrays.copyOf(row.text().ids(row.mask().length), row.length());
    }

    private static Timing at(Instant time) {
        return new Timing(
                time,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }
}
