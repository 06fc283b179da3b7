package dev.tether.run.journal;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Collects the figures of one step; what is not set is unknown. A figure that is not finite is refused by name. */
public final class StepRecordBuilder {
    private final long step;
    private Optional<Distribution> score = Optional.empty();
    private Optional<Distribution> goldScore = Optional.empty();
    private Optional<List<ScorePart>> scoreParts = Optional.empty();
    private OptionalDouble rlhfReward = OptionalDouble.empty();
    private OptionalDouble klPenalty = OptionalDouble.empty();
    private Optional<ReferenceKl> referenceKl = Optional.empty();
    private Optional<KlEstimateFigures> referenceKlEstimates = Optional.empty();
    private Optional<ExactKl> exactKl = Optional.empty();
    private OptionalDouble klCoef = OptionalDouble.empty();
    private Optional<ControllerFigures> controller = Optional.empty();
    private Optional<BeltFigures> belt = Optional.empty();
    private Optional<MeasuredKl> anchorKl = Optional.empty();
    private Optional<MeasuredKl> samplerKl = Optional.empty();
    private Optional<OldLogprobFigures> oldLogprobs = Optional.empty();
    private OptionalDouble referenceNll = OptionalDouble.empty();
    private OptionalDouble entropy = OptionalDouble.empty();
    private Optional<UpdateKl> updateKl = Optional.empty();
    private OptionalDouble policyLoss = OptionalDouble.empty();
    private OptionalDouble valueLoss = OptionalDouble.empty();
    private OptionalDouble clipFraction = OptionalDouble.empty();
    private OptionalDouble valueClipFraction = OptionalDouble.empty();
    private OptionalDouble ratioMean = OptionalDouble.empty();
    private OptionalDouble gradientNorm = OptionalDouble.empty();
    private OptionalDouble learningRate = OptionalDouble.empty();
    private OptionalLong updates = OptionalLong.empty();
    private OptionalDouble explainedVariance = OptionalDouble.empty();
    private Optional<AdvantageFigures> advantage = Optional.empty();
    private Optional<PairFigures> pairs = Optional.empty();
    private Optional<ResponseTokens> responseTokens = Optional.empty();
    private Optional<TextFigures> text = Optional.empty();
    private OptionalDouble endedShare = OptionalDouble.empty();
    private OptionalLong episodes = OptionalLong.empty();
    private OptionalLong tokens = OptionalLong.empty();
    private OptionalDouble tokensPerSecond = OptionalDouble.empty();
    private Optional<Timing> timing = Optional.empty();

    StepRecordBuilder(long step) {
        this.step = step;
    }

    public StepRecordBuilder score(Distribution value) {
        score = Optional.of(value);
        return this;
    }

    public StepRecordBuilder goldScore(Distribution value) {
        goldScore = Optional.of(value);
        return this;
    }

    /** Of each reward, where the score is a sum of several. */
    public StepRecordBuilder scoreParts(List<ScorePart> value) {
        scoreParts = Optional.of(value);
        return this;
    }

    public StepRecordBuilder rlhfReward(double value) {
        rlhfReward = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder klPenalty(double value) {
        klPenalty = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder referenceKl(ReferenceKl value) {
        referenceKl = Optional.of(value);
        return this;
    }

    public StepRecordBuilder referenceKlEstimates(KlEstimateFigures value) {
        referenceKlEstimates = Optional.of(value);
        return this;
    }

    public StepRecordBuilder exactKl(ExactKl value) {
        exactKl = Optional.of(value);
        return this;
    }

    public StepRecordBuilder klCoef(double value) {
        klCoef = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder controller(ControllerFigures value) {
        controller = Optional.of(value);
        return this;
    }

    public StepRecordBuilder belt(BeltFigures value) {
        belt = Optional.of(value);
        return this;
    }

    public StepRecordBuilder anchorKl(MeasuredKl value) {
        anchorKl = Optional.of(value);
        return this;
    }

    public StepRecordBuilder samplerKl(MeasuredKl value) {
        samplerKl = Optional.of(value);
        return this;
    }

    public StepRecordBuilder oldLogprobs(OldLogprobFigures value) {
        oldLogprobs = Optional.of(value);
        return this;
    }

    public StepRecordBuilder referenceNll(double value) {
        referenceNll = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder entropy(double value) {
        entropy = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder updateKl(UpdateKl value) {
        updateKl = Optional.of(value);
        return this;
    }

    public StepRecordBuilder policyLoss(double value) {
        policyLoss = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder valueLoss(double value) {
        valueLoss = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder clipFraction(double value) {
        clipFraction = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder valueClipFraction(double value) {
        valueClipFraction = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder ratioMean(double value) {
        ratioMean = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder gradientNorm(double value) {
        gradientNorm = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder learningRate(double value) {
        learningRate = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder updates(long value) {
        updates = OptionalLong.of(value);
        return this;
    }

    public StepRecordBuilder explainedVariance(double value) {
        explainedVariance = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder advantage(AdvantageFigures value) {
        advantage = Optional.of(value);
        return this;
    }

    public StepRecordBuilder pairs(PairFigures value) {
        pairs = Optional.of(value);
        return this;
    }

    public StepRecordBuilder responseTokens(ResponseTokens value) {
        responseTokens = Optional.of(value);
        return this;
    }

    public StepRecordBuilder text(TextFigures value) {
        text = Optional.of(value);
        return this;
    }

    public StepRecordBuilder endedShare(double value) {
        endedShare = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder episodes(long value) {
        episodes = OptionalLong.of(value);
        return this;
    }

    public StepRecordBuilder tokens(long value) {
        tokens = OptionalLong.of(value);
        return this;
    }

    public StepRecordBuilder tokensPerSecond(double value) {
        tokensPerSecond = OptionalDouble.of(value);
        return this;
    }

    public StepRecordBuilder timing(Timing value) {
        timing = Optional.of(value);
        return this;
    }

    public StepRecord build() {
        return new StepRecord(
                step,
                score,
                goldScore,
                scoreParts,
                rlhfReward,
                klPenalty,
                referenceKl,
                referenceKlEstimates,
                exactKl,
                klCoef,
                controller,
                belt,
                anchorKl,
                samplerKl,
                oldLogprobs,
                referenceNll,
                entropy,
                updateKl,
                policyLoss,
                valueLoss,
                clipFraction,
                valueClipFraction,
                ratioMean,
                gradientNorm,
                learningRate,
                updates,
                explainedVariance,
                advantage,
                pairs,
                responseTokens,
                text,
                endedShare,
                episodes,
                tokens,
                tokensPerSecond,
                timing);
    }
}
