package dev.tether.core.belt;

import static dev.tether.core.Arrays2.assertClose;
import static dev.tether.core.TabularModel.LENGTH;
import static dev.tether.core.TabularModel.SEQUENCES;
import static dev.tether.core.TabularModel.VOCABULARY;
import static dev.tether.core.TabularModel.context;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.TabularModel;
import dev.tether.core.kl.FullKl;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.RaoBlackwellKl;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.objective.TokenLogprobs;
import dev.tether.core.stats.RunningStats;
import dev.tether.core.stats.SplitMix;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the estimators and placements mean, proven by enumeration of every token or every sequence of a small model, on
 * random tables. π is the policy, ρ the reference, x = log π − log ρ; no sampling, so the tolerance is rounding.
 */
class BeltIdentitiesTest {
    private static final double ROUNDING = 1e-12;
    private static final ResponseMask ALL = ResponseMask.all(SEQUENCES, LENGTH);
    private static final int TOKENS = SEQUENCES * LENGTH;

    private static LongStream seeds() {
        return LongStream.range(1, 9);
    }

    private static TabularModel policy(long seed) {
        return TabularModel.random(seed, 1);
    }

    private static TabularModel reference(long seed) {
        return TabularModel.random(100 + seed, 1);
    }

    // one position: gradients with respect to its four logits

    /** Σ_a μ_a f(x_a). */
    private static double mean(double[] drawn, double[] policy, double[] reference, DoubleUnaryOperator f) {
        double mean = 0;
        for (int a = 0; a < drawn.length; a++) {
            mean += Math.exp(drawn[a]) * f.applyAsDouble(policy[a] - reference[a]);
        }
        return mean;
    }

    /** Σ_a π_a g(x_a) ∇log π_a: the expected gradient of a loss whose slope in the logprob is g. */
    private static double[] force(double[] policy, double[] reference, DoubleUnaryOperator g) {
        double[] force = new double[policy.length];
        for (int a = 0; a < policy.length; a++) {
            double[] score = new double[policy.length];
            for (int v = 0; v < policy.length; v++) {
                score[v] = (v == a ? 1 : 0) - Math.exp(policy[v]);
                force[v] += Math.exp(policy[a]) * g.applyAsDouble(policy[a] - reference[a]) * score[v];
            }
        }
        return force;
    }

    /** The slope that {@link PenaltyLoss} gives a single fresh token. */
    private static DoubleUnaryOperator slope(PenaltyPlacement placement) {
        return x -> {
            double[][] policy = {{-50}};
            double[][] reference = {{-50 - x}};
            return PenaltyLoss.of(placement, policy, policy, reference, ResponseMask.all(1, 1))
                    .gradient()[0][0];
        };
    }

    /** ∇KL(π ‖ ρ) by its closed form, which a test below holds against finite differences. */
    private static double[] reverseGradient(double[] policy, double[] reference) {
        return PenaltyLoss.atPosition(policy, reference).gradient();
    }

    /** ∇KL(ρ ‖ π) = π − ρ. */
    private static double[] forwardGradient(double[] policy, double[] reference) {
        double[] gradient = new double[policy.length];
        for (int v = 0; v < policy.length; v++) {
            gradient[v] = Math.exp(policy[v]) - Math.exp(reference[v]);
        }
        return gradient;
    }

    private static double[] minus(double[] a, double[] b) {
        double[] difference = new double[a.length];
        for (int v = 0; v < a.length; v++) {
            difference[v] = a[v] - b[v];
        }
        return difference;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theClosedGradientsAreThoseOfFiniteDifferences(long seed) {
        double h = 1e-5;
        double[] logits = policy(seed).next(0);
        double[] reference = reference(seed).next(0);
        for (int v = 0; v < VOCABULARY; v++) {
            double[] up = logits.clone();
            double[] down = logits.clone();
            up[v] += h;
            down[v] -= h;
            double[] above = TokenLogprobs.logSoftmax(up, 1);
            double[] below = TokenLogprobs.logSoftmax(down, 1);
            double reverse = (FullKl.nats(above, reference) - FullKl.nats(below, reference)) / (2 * h);
            double forward = (FullKl.nats(reference, above) - FullKl.nats(reference, below)) / (2 * h);
            assertClose("reverse", reverseGradient(logits, reference)[v], reverse, 1e-8);
            assertClose("forward", forwardGradient(logits, reference)[v], forward, 1e-8);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i1MeansOfK1AndK3AreTheReverseKlAndK2IsItToThirdOrder(long seed) {
        double[] policy = policy(seed).next(0);
        double[] reference = reference(seed).next(0);
        double exact = FullKl.nats(policy, reference);
        assertThat(exact).isPositive();
        assertClose("k1", mean(policy, policy, reference, KlEstimator.K1::natsAt), exact, ROUNDING);
        assertClose("k3", mean(policy, policy, reference, KlEstimator.K3::natsAt), exact, ROUNDING);
        // halving the distance must shrink k2's bias eightfold, in the limit
        double[] biases = new double[2];
        for (int i = 0; i < 2; i++) {
            double step = i == 0 ? 0.01 : 0.005;
            double[] near = policy.clone();
            for (int v = 0; v < near.length; v++) {
                near[v] += step * (reference[v] - policy[v]);
            }
            double[] other = TokenLogprobs.logSoftmax(near, 1);
            biases[i] = mean(policy, policy, other, KlEstimator.K2::natsAt) - FullKl.nats(policy, other);
        }
        assertThat(biases[0] / biases[1]).isBetween(7.0, 9.0);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i2K1InTheLossExertsNoForce(long seed) {
        double[] force = force(policy(seed).next(0), reference(seed).next(0), slope(PenaltyPlacement.K1_IN_LOSS));
        assertClose("force", force, new double[VOCABULARY], ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i3K2InTheLossPullsByTheReverseKl(long seed) {
        double[] policy = policy(seed).next(0);
        double[] reference = reference(seed).next(0);
        double[] force = force(policy, reference, slope(PenaltyPlacement.K2_IN_LOSS));
        assertClose("force", force, reverseGradient(policy, reference), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i4K3InTheLossPullsByTheForwardKl(long seed) {
        double[] policy = policy(seed).next(0);
        double[] reference = reference(seed).next(0);
        double[] force = force(policy, reference, slope(PenaltyPlacement.K3_IN_LOSS));
        assertClose("force", force, forwardGradient(policy, reference), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i5K1InTheRewardPullsByTheReverseKl(long seed) {
        double[] policy = policy(seed).next(0);
        double[] reference = reference(seed).next(0);
        double[] force = force(policy, reference, slope(PenaltyPlacement.K1_IN_REWARD));
        assertClose("force", force, reverseGradient(policy, reference), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i6K3InTheRewardPullsByTheReverseLessTheForwardKl(long seed) {
        double[] policy = policy(seed).next(0);
        double[] reference = reference(seed).next(0);
        double[] inReward = force(policy, reference, KlEstimator.K3::natsAt);
        double[] expected = minus(reverseGradient(policy, reference), forwardGradient(policy, reference));
        assertClose("force", inReward, expected, ROUNDING);
        double[] inLoss = force(policy, reference, slope(PenaltyPlacement.K3_IN_LOSS));
        double[] both = minus(inReward, minus(new double[VOCABULARY], inLoss));
        assertClose("in reward and in loss make up the truth", both, reverseGradient(policy, reference), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i7ADifferentiableWeightMakesK1AndK3PullByTheReverseKl(long seed) {
        double[] policy = policy(seed).next(0);
        double[] reference = reference(seed).next(0);
        double[] k3 = force(policy, reference, slope(PenaltyPlacement.WEIGHTED_K3_IN_LOSS));
        assertClose("k3", k3, reverseGradient(policy, reference), ROUNDING);
        // w·k1 has slope x + 1, and the 1 exerts nothing
        double[] k1 = force(policy, reference, x -> x + 1);
        assertClose("k1", k1, reverseGradient(policy, reference), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i8ImportanceWeightsMakeSamplesOfAnotherPolicyMeasureTheReverseKl(long seed) {
        double[] policy = policy(seed).next(0);
        double[] reference = reference(seed).next(0);
        double[] other = TabularModel.random(200 + seed, 1).next(0);
        double k1 = 0;
        double k3 = 0;
        double[] force = new double[VOCABULARY];
        for (int a = 0; a < VOCABULARY; a++) {
            double x = policy[a] - reference[a];
            double weight = Math.exp(policy[a] - other[a]);
            k1 += Math.exp(other[a]) * weight * KlEstimator.K1.natsAt(x);
            k3 += Math.exp(other[a]) * weight * KlEstimator.K3.natsAt(x);
            double slope = PenaltyLoss.of(
                            PenaltyPlacement.K2_IN_LOSS,
                            new double[][] {{policy[a]}},
                            new double[][] {{other[a]}},
                            new double[][] {{reference[a]}},
                            ResponseMask.all(1, 1))
                    .gradient()[0][0];
            for (int v = 0; v < VOCABULARY; v++) {
                force[v] += Math.exp(other[a]) * slope * ((v == a ? 1 : 0) - Math.exp(policy[v]));
            }
        }
        assertClose("k1", k1, FullKl.nats(policy, reference), ROUNDING);
        assertClose("k3", k3, FullKl.nats(policy, reference), ROUNDING);
        assertClose("off-policy k2", force, reverseGradient(policy, reference), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i9TheSequenceKlIsTheSumOfExpectedTokenKls(long seed) {
        TabularModel policy = policy(seed);
        TabularModel reference = reference(seed);
        double exact = policy.sequenceKl(reference);
        LogprobPair pair = new LogprobPair(policy.logprobs(), reference.logprobs(), ALL);
        double[][] k1 = pair.natsPerToken(KlEstimator.K1);
        double[][] k3 = pair.natsPerToken(KlEstimator.K3);
        double[][] raoBlackwell = RaoBlackwellKl.natsPerToken(distributions(policy), distributions(reference), ALL);
        double[] means = new double[3];
        RunningStats k1Sums = RunningStats.EMPTY;
        double k1Square = 0;
        double raoBlackwellSquare = 0;
        for (int y = 0; y < SEQUENCES; y++) {
            double p = policy.probability(y);
            double k1Sum = sum(k1[y]);
            double raoBlackwellSum = sum(raoBlackwell[y]);
            k1Sums = k1Sums.plus(k1Sum);
            means[0] += p * k1Sum;
            means[1] += p * sum(k3[y]);
            means[2] += p * raoBlackwellSum;
            k1Square += p * k1Sum * k1Sum;
            raoBlackwellSquare += p * raoBlackwellSum * raoBlackwellSum;
        }
        assertClose("k1", means[0], exact, ROUNDING);
        assertClose("k3", means[1], exact, ROUNDING);
        assertClose("Rao-Blackwell", means[2], exact, ROUNDING);
        assertThat(raoBlackwellSquare - exact * exact).isLessThan(k1Square - exact * exact);
        assertThat(k1Sums.min()).isNegative();
        assertThat(RaoBlackwellKl.summary(raoBlackwell, ALL).natsPerSequence()).isPositive();
        assertThat(KlSummary.of(pair, KlEstimator.K1).sequences()).isEqualTo(SEQUENCES);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i10TheWrongWayRoundK3MeasuresChiSquareLessTheReverseKl(long seed) {
        double[] policy = policy(seed).next(0);
        double[] reference = reference(seed).next(0);
        double chiSquare = mean(policy, policy, reference, Math::exp) - 1;
        double meter = mean(policy, policy, reference, x -> Math.expm1(x) - x);
        assertClose("meter", meter, chiSquare - FullKl.nats(policy, reference), ROUNDING);
    }

    // whole sequences: gradients with respect to all 84 logits

    /** E_π of the gradient that a placement hands to training, over whole sequences; per sequence, not per token. */
    private static double[] sequenceForce(TabularModel policy, TabularModel reference, PenaltyPlacement placement) {
        double[][] logprobs = policy.logprobs();
        double[][] slopes = PenaltyLoss.of(placement, logprobs, logprobs, reference.logprobs(), ALL)
                .gradient();
        double[] force = new double[policy.parameters()];
        for (int y = 0; y < SEQUENCES; y++) {
            for (int t = 0; t < LENGTH; t++) {
                policy.addScore(force, y, t, policy.probability(y) * slopes[y][t] * TOKENS);
            }
        }
        return force;
    }

    private static double[] exactSequenceGradient(TabularModel policy, TabularModel reference) {
        double h = 1e-5;
        double[] gradient = new double[policy.parameters()];
        for (int i = 0; i < gradient.length; i++) {
            double above = policy.moved(i, h).sequenceKl(reference);
            gradient[i] = (above - policy.moved(i, -h).sequenceKl(reference)) / (2 * h);
        }
        return gradient;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void onlyTheReturnToGoGivesTheGradientOfWholeSequences(long seed) {
        TabularModel policy = policy(seed);
        TabularModel reference = reference(seed);
        double[] exact = exactSequenceGradient(policy, reference);
        double[] inReward = sequenceForce(policy, reference, PenaltyPlacement.K1_IN_REWARD);
        assertClose("k1 in the reward", inReward, exact, 1e-8);
        assertClose("its force", BeltForce.of(inReward, exact).force().orElseThrow(), 1, 1e-7);
        double[] none = sequenceForce(policy, reference, PenaltyPlacement.K1_IN_LOSS);
        assertClose("k1 in the loss", none, new double[none.length], ROUNDING);
        double[] local = sequenceForce(policy, reference, PenaltyPlacement.K2_IN_LOSS);
        double[] weighted = sequenceForce(policy, reference, PenaltyPlacement.WEIGHTED_K3_IN_LOSS);
        assertClose("k2 and weighted k3 pull alike", local, weighted, ROUNDING);
        assertClose("as the Rao-Blackwellised does", raoBlackwellForce(policy, reference), local, ROUNDING);
        assertThat(BeltForce.of(local, exact).cosine().orElseThrow()).isBetween(0.3, 0.999);
        double forward = BeltForce.of(sequenceForce(policy, reference, PenaltyPlacement.K3_IN_LOSS), exact)
                .cosine()
                .orElseThrow();
        assertThat(forward).isLessThan(0.98);
    }

    private static double[] raoBlackwellForce(TabularModel policy, TabularModel reference) {
        double[] force = new double[policy.parameters()];
        for (int y = 0; y < SEQUENCES; y++) {
            for (int t = 0; t < LENGTH; t++) {
                int context = context(y, t);
                double[] gradient = PenaltyLoss.atPosition(policy.next(context), reference.next(context))
                        .gradient();
                for (int v = 0; v < VOCABULARY; v++) {
                    force[context * 4 + v] += policy.probability(y) * gradient[v];
                }
            }
        }
        return force;
    }

    private static double[][][] distributions(TabularModel model) {
        double[][][] distributions = new double[SEQUENCES][LENGTH][];
        for (int y = 0; y < SEQUENCES; y++) {
            for (int t = 0; t < LENGTH; t++) {
                distributions[y][t] = model.next(context(y, t));
            }
        }
        return distributions;
    }

    private static double sum(double[] row) {
        double sum = 0;
        for (double value : row) {
            sum += value;
        }
        return sum;
    }

    /** The estimators on sampled, not enumerated, sequences: within three standard errors of the truth. */
    @ParameterizedTest
    @MethodSource("seeds")
    void sampledSequencesEstimateTheSequenceKlWithinTheirErrors(long seed) {
        TabularModel policy = policy(seed);
        TabularModel reference = reference(seed);
        SplitMix random = new SplitMix(seed);
        int[] drawn = new int[400];
        for (int i = 0; i < drawn.length; i++) {
            double u = random.nextDouble();
            while (drawn[i] < SEQUENCES - 1 && u >= policy.probability(drawn[i])) {
                u -= policy.probability(drawn[i]++);
            }
        }
        double[][] all = policy.logprobs();
        double[][] refAll = reference.logprobs();
        double[][] logprobs = new double[drawn.length][];
        double[][] refLogprobs = new double[drawn.length][];
        for (int i = 0; i < drawn.length; i++) {
            logprobs[i] = all[drawn[i]];
            refLogprobs[i] = refAll[drawn[i]];
        }
        LogprobPair pair = new LogprobPair(logprobs, refLogprobs, ResponseMask.all(drawn.length, LENGTH));
        for (KlEstimator estimator : new KlEstimator[] {KlEstimator.K1, KlEstimator.K3}) {
            KlSummary summary = KlSummary.of(pair, estimator);
            double error = summary.natsPerSequence() - policy.sequenceKl(reference);
            assertThat(Math.abs(error)).isLessThan(3 * summary.seNatsPerSequence());
        }
    }
}
