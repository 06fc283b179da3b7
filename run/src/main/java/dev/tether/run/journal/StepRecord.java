package dev.tether.run.journal;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Everything one step says, with units; the one currency of journal, monitor and report. What is not known is absent,
 * never 0 or NaN. Each component is explained in docs/metrics.md; the key in the journal is its name in snake case.
 *
 * <p>Made by {@link StepRecordBuilder}.
 */
public record StepRecord(
        long step,
        Optional<Distribution> score,
        Optional<Distribution> goldScore,
        Optional<List<ScorePart>> scoreParts,
        OptionalDouble rlhfReward,
        OptionalDouble klPenalty,
        Optional<ReferenceKl> referenceKl,
        Optional<KlEstimateFigures> referenceKlEstimates,
        Optional<ExactKl> exactKl,
        OptionalDouble klCoef,
        Optional<ControllerFigures> controller,
        Optional<BeltFigures> belt,
        Optional<MeasuredKl> anchorKl,
        Optional<MeasuredKl> samplerKl,
        Optional<OldLogprobFigures> oldLogprobs,
        OptionalDouble referenceNll,
        OptionalDouble entropy,
        Optional<UpdateKl> updateKl,
        OptionalDouble policyLoss,
        OptionalDouble valueLoss,
        OptionalDouble clipFraction,
        OptionalDouble valueClipFraction,
        OptionalDouble ratioMean,
        OptionalDouble gradientNorm,
        OptionalDouble learningRate,
        OptionalLong updates,
        OptionalDouble explainedVariance,
        Optional<AdvantageFigures> advantage,
        Optional<PairFigures> pairs,
        Optional<ResponseTokens> responseTokens,
        Optional<TextFigures> text,
        OptionalDouble endedShare,
        OptionalLong episodes,
        OptionalLong tokens,
        OptionalDouble tokensPerSecond,
        Optional<Timing> timing)
        implements RunEvent {

    public StepRecord {
        Figures.law(step >= 0, "step", step, ">= 0");
        score = orEmpty(score);
        goldScore = orEmpty(goldScore);
        scoreParts = orEmpty(scoreParts).map(List::copyOf);
        rlhfReward = Figures.known("rlhf_reward", rlhfReward);
        klPenalty = Figures.known("kl_penalty", klPenalty);
        referenceKl = orEmpty(referenceKl);
        referenceKlEstimates = orEmpty(referenceKlEstimates);
        exactKl = orEmpty(exactKl);
        klCoef = Figures.known("kl_coef", klCoef);
        controller = orEmpty(controller);
        belt = orEmpty(belt);
        anchorKl = orEmpty(anchorKl);
        samplerKl = orEmpty(samplerKl);
        oldLogprobs = orEmpty(oldLogprobs);
        referenceNll = Figures.known("reference_nll", referenceNll);
        entropy = Figures.known("entropy", entropy);
        updateKl = orEmpty(updateKl);
        policyLoss = Figures.known("policy_loss", policyLoss);
        valueLoss = Figures.known("value_loss", valueLoss);
        clipFraction = Figures.known("clip_fraction", clipFraction);
        valueClipFraction = Figures.known("value_clip_fraction", valueClipFraction);
        ratioMean = Figures.known("ratio_mean", ratioMean);
        gradientNorm = Figures.known("gradient_norm", gradientNorm);
        learningRate = Figures.known("learning_rate", learningRate);
        updates = updates == null ? OptionalLong.empty() : updates;
        explainedVariance = Figures.known("explained_variance", explainedVariance);
        advantage = orEmpty(advantage);
        pairs = orEmpty(pairs);
        responseTokens = orEmpty(responseTokens);
        text = orEmpty(text);
        endedShare = Figures.known("ended_share", endedShare);
        episodes = episodes == null ? OptionalLong.empty() : episodes;
        tokens = tokens == null ? OptionalLong.empty() : tokens;
        tokensPerSecond = Figures.known("tokens_per_second", tokensPerSecond);
        timing = orEmpty(timing);
    }

    public static StepRecordBuilder builder(long step) {
        return new StepRecordBuilder(step);
    }

    private static <T> Optional<T> orEmpty(Optional<T> value) {
        return value == null ? Optional.empty() : value;
    }
}
