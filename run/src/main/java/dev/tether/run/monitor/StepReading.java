package dev.tether.run.monitor;

import dev.tether.core.belt.BeltVerdict;
import dev.tether.core.control.MoveReason;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.monitor.Figure;
import dev.tether.core.monitor.ObservedStep;
import dev.tether.run.journal.BeltFigures;
import dev.tether.run.journal.ControllerFigures;
import dev.tether.run.journal.KlEstimateFigures;
import dev.tether.run.journal.MeasuredKl;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.StepRecord;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** A step of the journal as the plain figures that the checks look at. */
final class StepReading {
    private final Map<Figure, Double> told = new EnumMap<>(Figure.class);

    private StepReading() {}

    static ObservedStep of(StepRecord step) {
        StepReading reading = new StepReading();
        reading.rewards(step);
        reading.distances(step);
        reading.belt(step);
        reading.update(step);
        reading.responses(step);
        return new ObservedStep(step.step(), reading.told);
    }

    private void rewards(StepRecord step) {
        step.score().ifPresent(score -> {
            told.put(Figure.SCORE, score.mean());
            told.put(Figure.SCORE_SD, score.sd());
        });
        step.goldScore().ifPresent(gold -> told.put(Figure.GOLD_SCORE, gold.mean()));
    }

    private void distances(StepRecord step) {
        Optional<ReferenceKl> kl = step.referenceKl();
        put(Figure.KL_PER_TOKEN, kl.map(ReferenceKl::natsPerToken));
        put(Figure.KL_PER_SEQUENCE, kl.map(ReferenceKl::natsPerSequence));
        put(Figure.MAX_KL, kl.map(ReferenceKl::maxNatsPerToken));
        step.referenceKlEstimates().map(KlEstimateFigures::k1).ifPresent(k1 -> {
            put(Figure.K1_PER_SEQUENCE, k1.natsPerSequence());
            put(Figure.K1_ERROR_PER_SEQUENCE, k1.seNatsPerSequence());
        });
        put(Figure.SAMPLER_KL, step.samplerKl().map(MeasuredKl::natsPerToken));
        put(Figure.REFERENCE_NLL, step.referenceNll());
    }

    private void belt(StepRecord step) {
        put(Figure.KL_COEF, step.klCoef());
        step.controller().ifPresent(this::controller);
        step.belt()
                .flatMap(BeltFigures::verdict)
                .flatMap(StepReading::state)
                .ifPresent(state -> told.put(Figure.BELT_VERDICT, (double) state.ordinal()));
    }

    private void controller(ControllerFigures controller) {
        boolean perToken = controller.unit().equals(Optional.of(KlUnit.NATS_PER_TOKEN));
        put(perToken ? Figure.TARGET_PER_TOKEN : Figure.TARGET_PER_SEQUENCE, controller.target());
        controller.reason().ifPresent(reason -> told.put(Figure.COEFFICIENT_BOUND, bound(reason)));
    }

    private static double bound(String reason) {
        if (reason.equals(word(MoveReason.Kind.AT_FLOOR))) {
            return -1;
        }
        return reason.equals(word(MoveReason.Kind.AT_CEILING)) ? 1 : 0;
    }

    private static Optional<BeltVerdict.State> state(String verdict) {
        for (BeltVerdict.State state : BeltVerdict.State.values()) {
            if (verdict.equals(word(state))) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private void update(StepRecord step) {
        put(Figure.ENTROPY, step.entropy());
        step.updateKl().ifPresent(kl -> told.put(Figure.UPDATE_KL, kl.natsPerToken()));
        put(Figure.POLICY_LOSS, step.policyLoss());
        put(Figure.VALUE_LOSS, step.valueLoss());
        put(Figure.GRADIENT_NORM, step.gradientNorm());
        put(Figure.CLIP_FRACTION, step.clipFraction());
        put(Figure.EXPLAINED_VARIANCE, step.explainedVariance());
    }

    private void responses(StepRecord step) {
        step.responseTokens().ifPresent(tokens -> told.put(Figure.RESPONSE_LENGTH, tokens.mean()));
        put(Figure.ENDED_SHARE, step.endedShare());
        step.text().ifPresent(text -> {
            put(Figure.DISTINCT_BIGRAMS, text.distinctBigrams());
            put(Figure.COMPRESSION, text.compression());
        });
    }

    private void put(Figure figure, Optional<OptionalDouble> value) {
        value.ifPresent(known -> put(figure, known));
    }

    private void put(Figure figure, OptionalDouble value) {
        value.ifPresent(v -> told.put(figure, v));
    }
}
