package dev.tether.torch.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.belt.BeltForce;
import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.objective.PpoClip;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.TokenFigures;
import dev.tether.torch.objective.PolicyTargets;
import dev.tether.torch.objective.StepObjective;
import dev.tether.torch.objective.StepTally;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the loss that training descends on pulls towards: its gradient with respect to all logits of a table, averaged over
 * every response with the probability of being drawn. These are the identities that speak of a loss of ours; core's test
 * of the same name has all ten for the double-precision judge. π is the policy, ρ the reference, μ the policy that draws; x
 * = log π − log ρ. I9's gradient is in {@link SequenceKlTest}, through a network; I10 is a meter that we do not have.
 */
class BeltIdentitiesTest {
    private static final double ROUNDING = 1e-12;

    private static LongStream seeds() {
        return LongStream.range(1, 5);
    }

    /** Who takes part; on policy where π = μ. */
    private record Cast(EnumeratedTable policy, EnumeratedTable drawn, EnumeratedTable reference) {
        static Cast onPolicy(long seed) {
            EnumeratedTable policy = EnumeratedTable.random(seed);
            return new Cast(policy, policy, EnumeratedTable.random(100 + seed));
        }

        static Cast offPolicy(long seed) {
            return new Cast(
                    EnumeratedTable.random(seed),
                    EnumeratedTable.random(200 + seed),
                    EnumeratedTable.random(100 + seed));
        }

        /** E_μ Σ_t of the gradient of the penalty alone, placed in the loss. */
        double[] force(PenaltyPlacement placement) {
            return meanGradient(placement, 1, new double[EnumeratedTable.TOKENS]);
        }

        /**
         * E_μ Σ_t of the gradient of PPO's own surrogate at the old policy, each token's advantage being what it is charged.
         *
         * @param charges [192] nats
         */
        double[] forceInReward(double[] charges) {
            return meanGradient(
                    PenaltyPlacement.K1_IN_REWARD,
                    0,
                    Arrays.stream(charges).map(c -> -c).toArray());
        }

        private double[] meanGradient(PenaltyPlacement placement, double klLossCoef, double[] advantages) {
            double[] probabilities = drawn.probabilities();
            StepObjective objective = objective(placement, klLossCoef);
            return policy.gradient(table -> {
                Everything all = everything(table, advantages);
                Tensor loss = Tensors.of(new double[] {0}, 1).sum();
                for (int y = 0; y < probabilities.length; y++) {
                    Tensor ofResponse = all.loss(objective, y, new StepTally());
                    loss = loss.add(ofResponse.mul(new Scalar(probabilities[y])));
                }
                return loss;
            });
        }

        /** What training is given, for all 192 tokens. */
        private record Everything(TokenFigures now, PolicyTargets before) {
            Tensor loss(StepObjective objective, int y, StepTally tally) {
                long first = (long) y * EnumeratedTable.LENGTH;
                long count = EnumeratedTable.LENGTH;
                TokenFigures ofResponse = new TokenFigures(
                        now.logprobs().narrow(0, first, count),
                        now.entropies().narrow(0, first, count),
                        now.referenceKl().narrow(0, first, count));
                return objective.policyLoss(ofResponse, before.piece(first, count), tally);
            }
        }

        private Everything everything(Tensor table, double[] advantages) {
            Tensor none = Tensors.of(new double[advantages.length], advantages.length);
            double[] ones = new double[advantages.length];
            Arrays.fill(ones, 1);
            Tensor nats = Distributions.kl(
                    EnumeratedTable.distributions(table), EnumeratedTable.distributions(reference.table()));
            PolicyTargets before = new PolicyTargets(
                    EnumeratedTable.chosen(drawn.table()),
                    EnumeratedTable.chosen(reference.table()),
                    Tensors.of(advantages, advantages.length),
                    Tensors.of(ones, ones.length),
                    null);
            return new Everything(new TokenFigures(EnumeratedTable.chosen(table), none, nats), before);
        }

        private static StepObjective objective(PenaltyPlacement placement, double coef) {
            return new StepObjective(
                    UpdateObjective.of(new PpoClip(0.2, 0.2, 0, 0)).with(new KlLoss(placement, coef)), 1, 1, 1);
        }

        /** E_μ of what the update reports as its penalty, per response. */
        double reportedPenalty(PenaltyPlacement placement) {
            double[] probabilities = drawn.probabilities();
            StepObjective objective = objective(placement, 1);
            return Scoped.computeWithoutGradients(() -> {
                Everything all = everything(policy.table(), new double[EnumeratedTable.TOKENS]);
                double mean = 0;
                for (int y = 0; y < probabilities.length; y++) {
                    StepTally tally = new StepTally();
                    all.loss(objective, y, tally);
                    UpdateReport report = tally.report(objective, 0, UpdateReport.Outcome.TAKEN);
                    mean += probabilities[y] * report.klLoss();
                }
                return mean;
            });
        }

        /** Σ over prefixes of μ(prefix) · ∇KL(π ‖ ρ) there. */
        double[] reverseTokenGradient() {
            return prefixGradient(table -> Distributions.kl(
                    EnumeratedTable.distributions(table), EnumeratedTable.distributions(reference.table())));
        }

        /** Σ over prefixes of μ(prefix) · ∇KL(ρ ‖ π) there. */
        double[] forwardTokenGradient() {
            return prefixGradient(table -> Distributions.kl(
                    EnumeratedTable.distributions(reference.table()), EnumeratedTable.distributions(table)));
        }

        private double[] prefixGradient(Function<Tensor, Tensor> nats) {
            double[] weights = new double[EnumeratedTable.TOKENS];
            double[] probabilities = drawn.probabilities();
            Arrays.setAll(weights, i -> probabilities[i / EnumeratedTable.LENGTH]);
            return policy.gradient(table ->
                    nats.apply(table).mul(Tensors.of(weights, weights.length)).sum());
        }

        /** ∇ Σ_y π(y)·(log π(y) − log ρ(y)). */
        double[] sequenceGradient() {
            return policy.gradient(table -> {
                Tensor logprobs = EnumeratedTable.responses(table);
                return logprobs.exp()
                        .mul(logprobs.sub(EnumeratedTable.responses(reference.table())))
                        .sum();
            });
        }

        double sequenceKl() {
            return Scoped.compute(() -> Tensors.toDoubles(EnumeratedTable.responses(policy.table())
                    .exp()
                    .mul(EnumeratedTable.responses(policy.table()).sub(EnumeratedTable.responses(reference.table())))
                    .sum())[0]);
        }

        /** x of every token, [192]. */
        double[] logRatios() {
            return Scoped.compute(() -> Tensors.toDoubles(
                    EnumeratedTable.chosen(policy.table()).sub(EnumeratedTable.chosen(reference.table()))));
        }
    }

    private static double[] each(double[] logRatios, DoubleUnaryOperator f) {
        return Arrays.stream(logRatios).map(f).toArray();
    }

    private static double[] minus(double[] a, double[] b) {
        double[] difference = new double[a.length];
        Arrays.setAll(difference, i -> a[i] - b[i]);
        return difference;
    }

    private static void assertSame(double[] actual, double[] expected) {
        assertThat(Arrays.stream(expected).map(Math::abs).max().orElseThrow()).isGreaterThan(0.01);
        assertThat(actual).containsExactly(expected, within(ROUNDING));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i1TheReportedMeansOfK1AndK3AreTheReverseKlAndK2IsItToThirdOrder(long seed) {
        Cast cast = Cast.onPolicy(seed);
        double exact = cast.sequenceKl();
        assertThat(exact).isPositive();
        assertThat(cast.reportedPenalty(PenaltyPlacement.K1_IN_LOSS)).isCloseTo(exact, within(ROUNDING));
        assertThat(cast.reportedPenalty(PenaltyPlacement.K3_IN_LOSS)).isCloseTo(exact, within(ROUNDING));
        assertThat(cast.reportedPenalty(PenaltyPlacement.RAO_BLACKWELL_IN_LOSS)).isCloseTo(exact, within(ROUNDING));
        double[] biases = new double[2];
        for (int i = 0; i < 2; i++) {
            EnumeratedTable near = cast.reference.towards(cast.policy, i == 0 ? 0.01 : 0.005);
            Cast close = new Cast(near, near, cast.reference);
            biases[i] = close.reportedPenalty(PenaltyPlacement.K2_IN_LOSS) - close.sequenceKl();
        }
        assertThat(biases[0] / biases[1]).isBetween(6.5, 9.5);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i2K1InTheLossExertsNoForce(long seed) {
        double[] force = Cast.onPolicy(seed).force(PenaltyPlacement.K1_IN_LOSS);
        assertThat(force).containsExactly(new double[force.length], within(ROUNDING));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i3K2InTheLossPullsByTheReverseKlOfEachToken(long seed) {
        Cast cast = Cast.onPolicy(seed);
        assertSame(cast.force(PenaltyPlacement.K2_IN_LOSS), cast.reverseTokenGradient());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i4K3InTheLossPullsByTheForwardKlOfEachToken(long seed) {
        Cast cast = Cast.onPolicy(seed);
        assertSame(cast.force(PenaltyPlacement.K3_IN_LOSS), cast.forwardTokenGradient());
        assertThat(cast.forwardTokenGradient()[0]).isNotCloseTo(cast.reverseTokenGradient()[0], within(1e-4));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i5K1InTheRewardPullsByTheReverseKlOfEachToken(long seed) {
        Cast cast = Cast.onPolicy(seed);
        assertSame(cast.forceInReward(cast.logRatios()), cast.reverseTokenGradient());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i5WithItsReturnToGoItPullsByTheReverseKlOfWholeResponses(long seed) {
        Cast cast = Cast.onPolicy(seed);
        double[] toGo = cast.logRatios();
        for (int i = toGo.length - 2; i >= 0; i--) {
            toGo[i] += i % EnumeratedTable.LENGTH == EnumeratedTable.LENGTH - 1 ? 0 : toGo[i + 1];
        }
        double[] whole = cast.sequenceGradient();
        assertSame(cast.forceInReward(toGo), whole);
        double cosine =
                BeltForce.of(cast.reverseTokenGradient(), whole).cosine().orElseThrow();
        assertThat(cosine).as("without it").isBetween(0.3, 0.999);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i6K3InTheRewardPullsByTheReverseLessTheForwardKl(long seed) {
        Cast cast = Cast.onPolicy(seed);
        double[] inReward = cast.forceInReward(each(cast.logRatios(), x -> Math.expm1(-x) + x));
        assertSame(inReward, minus(cast.reverseTokenGradient(), cast.forwardTokenGradient()));
        double[] inLoss = cast.force(PenaltyPlacement.K3_IN_LOSS);
        assertSame(minus(inReward, each(inLoss, x -> -x)), cast.reverseTokenGradient());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i7TheDifferentiableWeightMakesK3PullByTheReverseKl(long seed) {
        Cast cast = Cast.onPolicy(seed);
        assertSame(cast.force(PenaltyPlacement.WEIGHTED_K3_IN_LOSS), cast.reverseTokenGradient());
    }

    /** On prefixes of the policy that drew, which no weight of single tokens corrects. */
    @ParameterizedTest
    @MethodSource("seeds")
    void i8OffPolicyTheWeightedFormsStillPullByTheReverseKlOfEachToken(long seed) {
        Cast cast = Cast.offPolicy(seed);
        assertSame(cast.force(PenaltyPlacement.WEIGHTED_K3_IN_LOSS), cast.reverseTokenGradient());
        assertSame(cast.force(PenaltyPlacement.K2_IN_LOSS), cast.reverseTokenGradient());
        assertThat(cast.reportedPenalty(PenaltyPlacement.WEIGHTED_K3_IN_LOSS))
                .isCloseTo(cast.reportedPenalty(PenaltyPlacement.RAO_BLACKWELL_IN_LOSS), within(ROUNDING));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theRaoBlackwellisedPenaltyPullsByTheReverseKlOfEachTokenOnAndOffPolicy(long seed) {
        for (Cast cast : new Cast[] {Cast.onPolicy(seed), Cast.offPolicy(seed)}) {
            assertSame(cast.force(PenaltyPlacement.RAO_BLACKWELL_IN_LOSS), cast.reverseTokenGradient());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void i9TheSequenceKlIsTheSumOfExpectedTokenKls(long seed) {
        Cast cast = Cast.onPolicy(seed);
        double[] nats = Scoped.compute(() -> Tensors.toDoubles(Distributions.kl(
                EnumeratedTable.distributions(cast.policy.table()),
                EnumeratedTable.distributions(cast.reference.table()))));
        double[] probabilities = cast.policy.probabilities();
        double mean = 0;
        for (int i = 0; i < nats.length; i++) {
            mean += probabilities[i / EnumeratedTable.LENGTH] * nats[i];
        }
        assertThat(mean).isCloseTo(cast.sequenceKl(), within(ROUNDING));
    }
}
