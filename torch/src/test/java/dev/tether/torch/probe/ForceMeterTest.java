package dev.tether.torch.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.advantage.GaeSettings;
import dev.tether.core.advantage.GroupAdvantages;
import dev.tether.core.belt.BeltForce;
import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.objective.LossMean;
import dev.tether.core.objective.PpoClip;
import dev.tether.core.objective.RatioLevel;
import dev.tether.core.objective.Surrogate;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ScorePlacement;
import dev.tether.core.stats.RunningStats;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.ResponsePass;
import dev.tether.torch.network.ResponsePass.EntropyGradient;
import dev.tether.trainer.algorithm.AdvantageScaling;
import dev.tether.trainer.algorithm.Algorithm;
import dev.tether.trainer.algorithm.Epochs;
import dev.tether.trainer.algorithm.Grpo;
import dev.tether.trainer.algorithm.HardLimit;
import dev.tether.trainer.algorithm.Ppo;
import dev.tether.trainer.algorithm.PpoSettings;
import dev.tether.trainer.algorithm.Rloo;
import dev.tether.trainer.belt.ForceMeter;
import dev.tether.trainer.belt.ForceReading;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.ProbeLoss;
import dev.tether.trainer.model.ReferenceKlLimit;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.ValueTerm;
import dev.tether.trainer.rollout.PolicyReading;
import dev.tether.trainer.rollout.Rollout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The force meter on a network of two thousand weights that speaks four words: what it says of sampled responses, against
 * the gradients averaged over all 16 responses of two tokens that there are.
 */
class ForceMeterTest {
    private static final int VOCABULARY = 4;
    private static final int TOKENS = 2;
    private static final int RESPONSES = VOCABULARY * VOCABULARY;
    private static final int SAMPLES = 1024;
    private static final double PRICE = 0.2;
    private static final PpoClip CLIP = new PpoClip(0.2, 0.2, 0, 0);
    private static final Epochs EPOCHS = new Epochs(1, 1, Double.POSITIVE_INFINITY, HardLimit.NONE);

    @TempDir
    static Path scratch;

    private static TinyPair pair;
    private static double[][] logprobs;
    private static double[][] refLogprobs;
    private static double[] exact;
    private static Map<PenaltyPlacement, double[]> penalties;

    @BeforeAll
    static void averageOverEveryResponse() {
        pair = TinyPair.of(scratch, VOCABULARY, ComputeType.FLOAT64);
        int[] everything = new int[RESPONSES];
        Arrays.setAll(everything, y -> y);
        TokenBatch all = batch(everything);
        logprobs = logprobs(pair.policy(), all);
        refLogprobs = logprobs(pair.reference(), all);
        exact = mean(y -> new ProbeLoss.SequenceKl(batch(y)));
        penalties = new EnumMap<>(PenaltyPlacement.class);
        for (PenaltyPlacement placement : PenaltyPlacement.values()) {
            penalties.put(placement, mean(y -> penalty(placement, y)));
        }
    }

    @AfterAll
    static void close() {
        pair.close();
    }

    private static TokenBatch batch(int... responses) {
        int[][] prompts = new int[responses.length][];
        int[][] ids = new int[responses.length][];
        for (int i = 0; i < responses.length; i++) {
            prompts[i] = new int[] {2, 1};
            ids[i] = new int[] {responses[i] / VOCABULARY, responses[i] % VOCABULARY};
        }
        return new TokenBatch(prompts, ids, ResponseMask.all(responses.length, TOKENS));
    }

    private static double[][] logprobs(CausalLm model, TokenBatch batch) {
        return Scoped.computeWithoutGradients(() -> Tensors.toRows(
                ResponsePass.run(model, null, batch, 1, EntropyGradient.NONE).logprobs()));
    }

    private interface OfResponse {
        ProbeLoss loss(int y);
    }

    /** Σ_y π(y) · ∇loss(y). */
    private static double[] mean(OfResponse losses) {
        ProbeBackward backward = new ProbeBackward(pair.policy(), pair.reference(), 1, PieceSizes.DEFAULT);
        double[] mean = null;
        for (int y = 0; y < RESPONSES; y++) {
            try (Tensor gradient = GradientProducts.gradient(losses.loss(y), pair.policy(), backward)) {
                double[] values = Tensors.toDoubles(gradient);
                mean = mean == null ? new double[values.length] : mean;
                for (int i = 0; i < values.length; i++) {
                    mean[i] += probability(y) * values[i];
                }
            }
        }
        return mean;
    }

    private static double probability(int y) {
        return Math.exp(Arrays.stream(logprobs[y]).sum());
    }

    /** At a price of 1. */
    private static ProbeLoss penalty(PenaltyPlacement placement, int y) {
        double[] advantages = new double[TOKENS];
        for (int t = TOKENS - 1; t >= 0 && placement.isInReward(); t--) {
            advantages[t] = (t + 1 < TOKENS ? advantages[t + 1] : 0) - (logprobs[y][t] - refLogprobs[y][t]);
        }
        double[][] none = new double[0][];
        Minibatch minibatch = new Minibatch(
                batch(y),
                new double[][] {logprobs[y]},
                new double[][] {refLogprobs[y]},
                new double[][] {advantages},
                none,
                none,
                ResponseMask.all(1, TOKENS));
        KlLoss klLoss = placement.isInReward() ? KlLoss.NONE : new KlLoss(placement, 1);
        return new ProbeLoss.Update(minibatch, UpdateObjective.of(CLIP).with(klLoss));
    }

    private static double force(PenaltyPlacement placement) {
        return BeltForce.of(penalties.get(placement), exact).force().orElseThrow();
    }

    @Test
    void byEnumerationTheDefaultPullsWithTheWholeForceAndK1InTheLossWithNone() {
        assertThat(penalties.get(PenaltyPlacement.K1_IN_REWARD)).containsExactly(exact, within(1e-12));
        assertThat(force(PenaltyPlacement.K1_IN_REWARD)).isCloseTo(1, within(1e-12));
        assertThat(force(PenaltyPlacement.K1_IN_LOSS)).isCloseTo(0, within(1e-12));
        assertThat(force(PenaltyPlacement.RAO_BLACKWELL_IN_LOSS)).isBetween(0.2, 0.99);
    }

    @Test
    void byEnumerationK3InTheLossPullsInAnotherDirectionThanTheTokensReverseKl() {
        double[] reverse = penalties.get(PenaltyPlacement.RAO_BLACKWELL_IN_LOSS);
        assertThat(cosine(PenaltyPlacement.WEIGHTED_K3_IN_LOSS, reverse)).isCloseTo(1, within(1e-12));
        assertThat(cosine(PenaltyPlacement.K2_IN_LOSS, reverse)).isCloseTo(1, within(1e-12));
        assertThat(cosine(PenaltyPlacement.K3_IN_LOSS, reverse)).isLessThan(0.97);
    }

    private static double cosine(PenaltyPlacement placement, double[] with) {
        return BeltForce.of(penalties.get(placement), with).cosine().orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void onSamplesTheMeterSaysTheSameWithinItsError(PenaltyPlacement placement) {
        ForceReading reading = meter(placement).measure(rollout(SAMPLES, 17), PRICE, 1);
        assertThat(reading.seForce()).isPositive().isLessThan(0.15);
        assertThat(reading.force()).isCloseTo(force(placement), within(3.5 * reading.seForce()));
        assertThat(reading.klNatsPerToken()).isCloseTo(exactNatsPerToken(), within(0.1 * exactNatsPerToken()));
    }

    /** Sums over responses weigh as many times more as a response has tokens: that is no force. */
    @Test
    void ofRlooItIsWhole() {
        Rloo rloo = new Rloo(
                8,
                Rloo.Scaling.NONE,
                withoutValues(
                        new Surrogate.Clipped(RatioLevel.SEQUENCE, 0.2, 0.2, Double.POSITIVE_INFINITY),
                        LossMean.overSequenceSums(1)),
                EPOCHS);
        ForceReading reading = meter(rloo, PenaltyPlacement.K1_IN_REWARD).measure(rollout(SAMPLES, 17), PRICE, 1);
        assertThat(reading.seForce()).isPositive().isLessThan(0.1);
        assertThat(reading.force()).isCloseTo(1, within(3.5 * reading.seForce()));
    }

    /** A mean that holds the response itself leaves 7/8 of all that is compared, penalty and score alike. */
    @Test
    void ofGrpoItIsWhatTheGroupsMeanLeaves() {
        Grpo grpo = new Grpo(
                8, GroupAdvantages.Scaling.GROUP, withoutValues(CLIP.surrogate(), LossMean.OVER_SEQUENCES), EPOCHS);
        RunningStats forces = RunningStats.EMPTY;
        for (int seed = 0; seed < 4; seed++) {
            forces = forces.plus(meter(grpo, PenaltyPlacement.K1_IN_REWARD)
                    .measure(rollout(SAMPLES, seed), PRICE, 1)
                    .force());
        }
        assertThat(forces.mean()).isCloseTo(0.875, within(0.05));
    }

    private static UpdateObjective withoutValues(Surrogate surrogate, LossMean mean) {
        return new UpdateObjective(surrogate, mean, ValueTerm.NONE, 0, KlLoss.NONE, ReferenceKlLimit.NONE);
    }

    /** Multiplied on the same samples, the noise of a penalty and of the KL's gradient would look like a force. */
    @Test
    void onFewSamplesTheNoiseOfK1InTheLossDoesNotLookLikeAForce() {
        RunningStats forces = RunningStats.EMPTY;
        for (int seed = 0; seed < 25; seed++) {
            forces = forces.plus(meter(PenaltyPlacement.K1_IN_LOSS)
                    .measure(rollout(16, seed), PRICE, 1)
                    .force());
        }
        assertThat(forces.mean()).isCloseTo(0, within(3 * forces.standardError()));
        assertThat(forces.standardError()).isLessThan(0.05);
    }

    private static ForceMeter meter(PenaltyPlacement placement) {
        return meter(new Ppo(new PpoSettings(CLIP, new GaeSettings(1, 1), AdvantageScaling.RAW), EPOCHS), placement);
    }

    private static ForceMeter meter(Algorithm algorithm, PenaltyPlacement placement) {
        return new ForceMeter(
                pair.probe(PieceSizes.DEFAULT),
                (rollout, klCoef) -> RewardShaping.shape(
                        rollout.logprobPair(), rollout.scores(), KlEstimator.K1, klCoef, ScorePlacement.LAST_TOKEN),
                algorithm,
                placement);
    }

    private static double exactNatsPerToken() {
        double kl = 0;
        for (int y = 0; y < RESPONSES; y++) {
            kl += probability(y)
                    * (Arrays.stream(logprobs[y]).sum()
                            - Arrays.stream(refLogprobs[y]).sum());
        }
        return kl / TOKENS;
    }

    /** Scores have nothing to do with the belt, and vary. */
    private static Rollout rollout(int samples, long seed) {
        Random random = new Random(seed);
        int[] drawn = new int[samples];
        for (int i = 0; i < samples; i++) {
            double u = random.nextDouble();
            while (drawn[i] < RESPONSES - 1 && u >= probability(drawn[i])) {
                u -= probability(drawn[i]++);
            }
        }
        double[][] now = Arrays.stream(drawn).mapToObj(y -> logprobs[y]).toArray(double[][]::new);
        double[][] reference =
                Arrays.stream(drawn).mapToObj(y -> refLogprobs[y]).toArray(double[][]::new);
        StopReason[] stops = new StopReason[samples];
        Arrays.fill(stops, StopReason.TRUNCATED);
        return new Rollout(
                List.of(),
                batch(drawn),
                stops,
                now,
                PolicyReading.recomputed(new Evaluation(now, new double[samples][TOKENS], new double[samples][TOKENS])),
                reference,
                Optional.empty(),
                Arrays.stream(drawn).mapToDouble(y -> y % 3).toArray(),
                Optional.empty(),
                List.of());
    }
}
