package dev.tether.run.journal;

import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.control.KlTarget;
import dev.tether.core.control.MoveReason;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlMeasure;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.kl.VocabularyKl;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Rows with every figure given, for tests. */
public final class Rows {
    private Rows() {}

    /** A step of which everything is known; all figures differ from each other. */
    public static StepRecord full(long step) {
        return StepRecord.builder(step)
                .score(new Distribution(0.5, 0.25, -1, 2))
                .goldScore(new Distribution(0.4375, 0.21875, -2, 1))
                .scoreParts(List.of(new ScorePart("length:40", 0.25, -0.5, 0.125)))
                .rlhfReward(0.375)
                .klPenalty(-0.125)
                .referenceKl(kl(0.1, 4.8, 0.01, 0.6, 3.5))
                .referenceKlEstimates(new KlEstimateFigures(
                        reading(0.1, 4.8, 0.01, 0.6),
                        reading(0.3, 14.5, 0.02, 0.9),
                        reading(0.11, 5.25, 0.015, 0.65),
                        reading(0.12, 5.75, 0.03, 1.5)))
                .exactKl(new ExactKl(
                        OptionalDouble.of(0.105),
                        OptionalDouble.of(5),
                        OptionalDouble.of(0.002),
                        OptionalDouble.of(0.125),
                        OptionalDouble.of(0.13),
                        OptionalDouble.of(2.5)))
                .klCoef(0.15)
                .controller(ControllerFigures.of(
                        "ziegler",
                        new KlTarget(6, KlUnit.NATS_PER_SEQUENCE),
                        new MoveReason(MoveReason.Kind.LOWERED, "4.8 < 6.0 nats/sequence")))
                .belt(new BeltFigures(
                        PenaltyPlacement.K1_IN_REWARD,
                        Optional.of("attached"),
                        OptionalDouble.of(0.98),
                        OptionalDouble.of(0.04),
                        OptionalDouble.of(0.375)))
                .anchorKl(measured(0.2, 9.5, 0.005, 0.25, VocabularyKl.RAO_BLACKWELL))
                .samplerKl(measured(1e-7, 4e-6, 1e-8, 4e-7, KlEstimator.K3))
                .oldLogprobs(new OldLogprobFigures("sampled", 4, 3e-6))
                .referenceNll(2.375)
                .entropy(2.25)
                .updateKl(new UpdateKl(-0.001, 0.002, 0.003))
                .policyLoss(-0.02)
                .valueLoss(0.7)
                .clipFraction(0.0625)
                .valueClipFraction(0.03125)
                .ratioMean(1.0009765625)
                .gradientNorm(1.5)
                .learningRate(5e-5)
                .updates(16)
                .explainedVariance(0.4375)
                .advantage(new AdvantageFigures(0.011, 0.9))
                .pairs(new PairFigures(0.71875, 0.28125))
                .responseTokens(new ResponseTokens(40.5, 48))
                .text(new TextFigures(
                        OptionalDouble.of(0.34375), OptionalDouble.of(0.65625), OptionalDouble.of(0.46875)))
                .endedShare(0.8125)
                .episodes(32)
                .tokens(1296)
                .tokensPerSecond(648.5)
                .timing(timing())
                .build();
    }

    private static KlReading reading(double perToken, double perSequence, double seToken, double seSequence) {
        return new KlReading(
                OptionalDouble.of(perToken),
                OptionalDouble.of(perSequence),
                OptionalDouble.of(seToken),
                OptionalDouble.of(seSequence));
    }

    private static MeasuredKl measured(
            double perToken, double perSequence, double seToken, double seSequence, KlMeasure measure) {
        return new MeasuredKl(
                OptionalDouble.of(perToken),
                OptionalDouble.of(perSequence),
                OptionalDouble.of(seToken),
                OptionalDouble.of(seSequence),
                measure);
    }

    public static ReferenceKl kl(double perToken, double perSequence, double seToken, double seSequence, double max) {
        return new ReferenceKl(
                OptionalDouble.of(perToken),
                OptionalDouble.of(perSequence),
                OptionalDouble.of(seToken),
                OptionalDouble.of(seSequence),
                OptionalDouble.of(max),
                KlEstimator.K1);
    }

    public static Timing timing() {
        return new Timing(
                Instant.parse("2026-11-20T09:30:00.250Z"),
                OptionalDouble.of(2),
                OptionalDouble.of(1.125),
                OptionalDouble.of(0.0078125),
                OptionalDouble.of(0.25),
                OptionalDouble.of(0.5));
    }

    public static SampleRecord sample(long step, int index) {
        return new SampleRecord(
                step,
                index,
                "The hotel was",
                " great!\n\"really\" 😀",
                new int[] {1, 20},
                new int[] {7, 8, 2},
                new double[] {-0.1f, -2.5, -1e-300},
                new double[] {-1.0 / 3, -2.25, -20},
                new boolean[] {true, true, false},
                0.75,
                "ended",
                -0.25,
                Optional.of(new double[] {-0.05, -2.25, 0}),
                Optional.of(List.of(" great", "!\n\"really\" 😀", "</s>")));
    }
}
