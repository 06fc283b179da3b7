package dev.tether.trainer.loop;

import dev.tether.core.belt.BeltVerdict;
import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.control.ControllerMove;
import dev.tether.core.control.KlTarget;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.core.stats.Masked;
import dev.tether.run.journal.AdvantageFigures;
import dev.tether.run.journal.BeltFigures;
import dev.tether.run.journal.ControllerFigures;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.ExactKl;
import dev.tether.run.journal.KlEstimateFigures;
import dev.tether.run.journal.MeasuredKl;
import dev.tether.run.journal.OldLogprobFigures;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.ResponseTokens;
import dev.tether.run.journal.ScorePart;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.StepRecordBuilder;
import dev.tether.run.journal.TextFigures;
import dev.tether.run.journal.Timing;
import dev.tether.run.journal.UpdateKl;
import dev.tether.run.settings.BeltSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.algorithm.PolicyUpdate;
import dev.tether.trainer.algorithm.UpdatePlan;
import dev.tether.trainer.belt.ForceReading;
import dev.tether.trainer.model.Disagreement;
import dev.tether.trainer.model.UpdateReport;
import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.rollout.Rollout;
import dev.tether.trainer.rollout.Stopwatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Turns what one step measured into the record that the journal keeps. */
record StepFigures(int step, RunSettings settings, LoopState before, UpdatePlan plan) {
    /** What the step measured. */
    record Measured(
            Rollout rollout,
            BeltReadings belt,
            Optional<ForceReading> force,
            ShapedRewards shaped,
            PolicyUpdate update,
            ControllerMove move) {}

    /** When the step ended, and what its phases took. */
    record Time(Stopwatch stopwatch, double stepSeconds, Instant end) {}

    StepRecord record(Measured m, BeltVerdict verdict, Time time) {
        ResponseMask mask = m.rollout().responseMask();
        StepRecordBuilder builder = StepRecord.builder(step)
                .score(Distribution.of(m.rollout().scores()))
                .rlhfReward(m.shaped().rlhfReward())
                .klPenalty(m.shaped().meanPenaltyPerSequence())
                .referenceKl(ReferenceKl.of(m.belt().headline()))
                .referenceKlEstimates(KlEstimateFigures.of(m.belt().estimates()))
                .samplerKl(MeasuredKl.of(m.belt().sampler()))
                .oldLogprobs(oldLogprobs(m.rollout()))
                .klCoef(before.controller().coefficient())
                .controller(controller(m.move()))
                .belt(belt(settings.belt().placement(), verdict, m.force()))
                .entropy(Masked.mean(m.rollout().evaluation().entropy(), mask))
                .referenceNll(-Masked.mean(m.rollout().refLogprobs(), mask))
                .responseTokens(responseTokens(mask))
                .text(text(m.rollout()))
                .endedShare(endedShare(m.rollout().ended()))
                .learningRate(plan.learningRate())
                .episodes(before.episodes() + m.rollout().sequences())
                .tokens(mask.counted())
                .tokensPerSecond(mask.counted() / time.stepSeconds())
                .timing(timing(time));
        m.rollout().goldScores().map(Distribution::of).ifPresent(builder::goldScore);
        if (!m.rollout().scoreParts().isEmpty()) {
            builder.scoreParts(m.rollout().scoreParts().stream()
                    .map(part -> ScorePart.of(part.source(), part.weight(), part.scores()))
                    .toList());
        }
        m.belt().anchor().map(MeasuredKl::of).ifPresent(builder::anchorKl);
        m.belt()
                .exact()
                .ifPresent(exact -> builder.exactKl(ExactKl.of(exact, m.belt().reverseNatsPerToken())));
        updateFigures(builder, m.update());
        advantageFigures(builder, m);
        if (settings.algorithm().hasValueFunction()) {
            valueFigures(builder, m);
        }
        return builder.build();
    }

    private static OldLogprobFigures oldLogprobs(Rollout rollout) {
        LogprobPair pair = rollout.samplerPair();
        return new OldLogprobFigures(
                rollout.policy().source().name().toLowerCase(Locale.ROOT),
                pair.responseMask().sequences(),
                Disagreement.max(pair.logprobs(), pair.refLogprobs(), pair.responseMask()));
    }

    private static void updateFigures(StepRecordBuilder builder, PolicyUpdate update) {
        UpdateReport mean = update.mean();
        builder.updateKl(new UpdateKl(mean.updateKlK1(), mean.updateKlK2(), mean.updateKlK3()))
                .policyLoss(mean.policyLoss())
                .clipFraction(mean.clipFraction())
                .ratioMean(mean.ratioMean())
                .gradientNorm(mean.gradientNorm())
                .updates(update.reports().size());
        update.pairs().ifPresent(builder::pairs);
    }

    private static void advantageFigures(StepRecordBuilder builder, Measured m) {
        ResponseMask mask = m.rollout().responseMask();
        double[][] advantages = m.update().advantages().advantages();
        double sd = mask.counted() < 2 ? 0 : Math.sqrt(Masked.besselVariance(advantages, mask));
        builder.advantage(new AdvantageFigures(Masked.mean(advantages, mask), sd));
    }

    private static void valueFigures(StepRecordBuilder builder, Measured m) {
        UpdateReport mean = m.update().mean();
        builder.valueLoss(mean.valueLoss()).valueClipFraction(mean.valueClipFraction());
        explainedVariance(m).ifPresent(builder::explainedVariance);
    }

    /** 1 − Var(returns − values) / Var(returns): 1 = the value function knows the returns, 0 = it knows nothing. */
    private static OptionalDouble explainedVariance(Measured m) {
        ResponseMask mask = m.rollout().responseMask();
        double[][] returns = m.update().advantages().returns();
        double total = Masked.biasedVariance(returns, mask);
        if (total == 0) {
            return OptionalDouble.empty();
        }
        // returns − values is the advantage by definition of the GAE target
        double residual = Masked.biasedVariance(m.update().advantages().advantages(), mask);
        return OptionalDouble.of(1 - residual / total);
    }

    /** Verdict and force as the journal keeps them. */
    static BeltFigures belt(PenaltyPlacement placement, BeltVerdict verdict, Optional<ForceReading> force) {
        return new BeltFigures(
                placement,
                Optional.of(verdict.state().name().toLowerCase(Locale.ROOT)),
                figure(force, ForceReading::force),
                figure(force, ForceReading::seForce),
                figure(force, ForceReading::rewardForceShare));
    }

    /** A figure that is not finite is unknown. */
    private static OptionalDouble figure(Optional<ForceReading> force, ToDoubleFunction<ForceReading> figure) {
        return force.stream().mapToDouble(figure).filter(Double::isFinite).findFirst();
    }

    private ControllerFigures controller(ControllerMove move) {
        BeltSettings belt = settings.belt();
        String name = belt.controller().name().toLowerCase(Locale.ROOT);
        return !belt.controller().hasTarget()
                ? ControllerFigures.of(name, move.reason())
                : ControllerFigures.of(name, new KlTarget(belt.target(), belt.unit()), move.reason());
    }

    private static ResponseTokens responseTokens(ResponseMask mask) {
        int max = 0;
        for (int b = 0; b < mask.sequences(); b++) {
            max = Math.max(max, mask.counted(b));
        }
        return new ResponseTokens((double) mask.counted() / mask.sequences(), max);
    }

    private static TextFigures text(Rollout rollout) {
        List<int[]> tokens = new ArrayList<>();
        for (int b = 0; b < rollout.sequences(); b++) {
            int length = rollout.responseMask().lastCounted(b) + 1;
            tokens.add(Arrays.copyOf(rollout.tokens().responses()[b], length));
        }
        return TextFigures.of(
                tokens, rollout.episodes().stream().map(Episode::response).toList());
    }

    private static double endedShare(boolean[] ended) {
        int count = 0;
        for (boolean e : ended) {
            count += e ? 1 : 0;
        }
        return (double) count / ended.length;
    }

    private static Timing timing(Time time) {
        Stopwatch watch = time.stopwatch();
        return new Timing(
                time.end(),
                OptionalDouble.of(time.stepSeconds()),
                OptionalDouble.of(watch.seconds(Stopwatch.Phase.GENERATION)),
                OptionalDouble.of(watch.seconds(Stopwatch.Phase.REWARD)),
                OptionalDouble.of(watch.seconds(Stopwatch.Phase.EVALUATION) + watch.seconds(Stopwatch.Phase.REFERENCE)),
                OptionalDouble.of(watch.seconds(Stopwatch.Phase.UPDATE)));
    }
}
