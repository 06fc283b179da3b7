package dev.tether.core.frontier;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.TabularModel;
import dev.tether.core.frontier.FrontierPoint.Reach;
import dev.tether.core.stats.Bootstrap;
import dev.tether.core.stats.SplitMix;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KlFrontierTest {
    private static final Bootstrap BANDS = new Bootstrap(0.99, 100, 7);

    /** Reward of a sequence of the tabular model: some table, the same in every test. */
    private static double[] sequenceRewards() {
        SplitMix random = new SplitMix(5);
        double[] rewards = new double[TabularModel.SEQUENCES];
        Arrays.setAll(rewards, y -> random.nextGaussian());
        return rewards;
    }

    /** E[r], KL and objective of π* ∝ ρ e^(r/β), by enumeration. */
    private static double[] closedForm(TabularModel reference, double[] rewards, double klCoef) {
        double z = 0;
        double reward = 0;
        for (int y = 0; y < rewards.length; y++) {
            double weight = reference.probability(y) * Math.exp(rewards[y] / klCoef);
            z += weight;
            reward += weight * rewards[y];
        }
        double nats = 0;
        for (int y = 0; y < rewards.length; y++) {
            double p = reference.probability(y) * Math.exp(rewards[y] / klCoef) / z;
            nats += p * Math.log(p / reference.probability(y));
        }
        return new double[] {reward / z, nats, klCoef * Math.log(z)};
    }

    private static double[] sampledRewards(TabularModel reference, double[] rewards, int samples, long seed) {
        SplitMix random = new SplitMix(seed);
        double[] probabilities = new double[rewards.length];
        Arrays.setAll(probabilities, reference::probability);
        double[] drawn = new double[samples];
        for (int i = 0; i < samples; i++) {
            double u = random.nextDouble();
            int y = 0;
            while (y < rewards.length - 1 && u >= probabilities[y]) {
                u -= probabilities[y++];
            }
            drawn[i] = rewards[y];
        }
        return drawn;
    }

    @Test
    void onTheTabularModelTheCurveIsTheClosedForm() {
        TabularModel reference = TabularModel.random(3, 1);
        double[] rewards = sequenceRewards();
        KlFrontier frontier = KlFrontier.of(new double[][] {sampledRewards(reference, rewards, 20_000, 11)}, BANDS);
        for (double klCoef : new double[] {5, 2, 1, 0.7, 0.5, 0.35}) {
            FrontierPoint point = frontier.at(klCoef);
            double[] exact = closedForm(reference, rewards, klCoef);
            assertThat(point.reach()).isEqualTo(Reach.SEEN);
            assertClose("reward at " + klCoef, point.reward(), exact[0], 0.04);
            assertThat(Math.abs(point.nats() / exact[1] - 1))
                    .as("KL at " + klCoef)
                    .isLessThan(0.08);
            assertClose("objective at " + klCoef, point.objective(), exact[2], 0.04);
            assertThat(point.rewardBand().contains(exact[0]))
                    .as("reward band at " + klCoef)
                    .isTrue();
            assertThat(point.natsBand().contains(exact[1]))
                    .as("KL band at " + klCoef)
                    .isTrue();
        }
    }

    @Test
    void oneSampleOfEachOutcomeOfAUniformReferenceIsExact() {
        double[] rewards = sequenceRewards();
        TabularModel uniform = TabularModel.random(1, 0);
        KlFrontier frontier = KlFrontier.of(new double[][] {rewards}, BANDS);
        for (double klCoef : new double[] {100, 1, 0.3, 0.01}) {
            FrontierPoint point = frontier.at(klCoef);
            double[] exact = closedForm(uniform, rewards, klCoef);
            assertClose("reward", point.reward(), exact[0], 1e-9);
            assertClose("KL", point.nats(), exact[1], 1e-9);
            assertClose("objective", point.objective(), exact[2], 1e-9);
            assertClose("r - β KL", point.reward() - klCoef * point.nats(), point.objective(), 1e-9);
        }
    }

    @Test
    void aDearerBeltSpendsLessKlAndEarnsLess() {
        KlFrontier frontier = KlFrontier.of(new double[][] {sequenceRewards(), {1, 2, 2, 5}}, BANDS);
        List<FrontierPoint> curve = frontier.curve(0.05, 0.1, 0.3, 1, 3, 10);
        for (int i = 1; i < curve.size(); i++) {
            assertThat(curve.get(i).nats()).isLessThan(curve.get(i - 1).nats());
            assertThat(curve.get(i).reward()).isLessThan(curve.get(i - 1).reward());
            assertThat(curve.get(i).effectiveSamples())
                    .isGreaterThan(curve.get(i - 1).effectiveSamples());
        }
    }

    @Test
    void theRangeEndsWhereTheSamplesDo() {
        SplitMix random = new SplitMix(13);
        double[] rewards = new double[256];
        Arrays.setAll(rewards, i -> random.nextGaussian());
        KlFrontier frontier = KlFrontier.of(new double[][] {rewards}, BANDS);
        assertClose("log 256 - 2", frontier.trustworthyNats(), Math.log(256) - 2, 1e-12);
        FrontierPoint greedy = frontier.at(1e-3);
        assertThat(greedy.reach()).isEqualTo(Reach.BEYOND_THE_SAMPLES);
        assertClose("at most log N", greedy.nats(), Math.log(256), 1e-9);
        assertClose("one sample", greedy.effectiveSamples(), 1, 1e-9);
        // a Gaussian reward has KL = 1/(2β²): its optimum at β = 0.8 is 0.78 nats away, and 256 samples see that
        assertThat(frontier.at(0.8).reach()).isEqualTo(Reach.SEEN);
        assertThat(frontier.at(0.8).nats()).isBetween(0.5, 1.1);
    }

    /** Gaussian rewards of {@code prompts} prompts; under β the optimum has KL = 1/(2β²) and E[r] = 1/β. */
    private static double[][] gaussian(int prompts, int samples, SplitMix random) {
        double[][] rewards = new double[prompts][samples];
        for (double[] prompt : rewards) {
            Arrays.setAll(prompt, i -> random.nextGaussian());
        }
        return rewards;
    }

    @Test
    void theBandsCoverTheTruthAboutAsOftenAsTheySay() {
        SplitMix random = new SplitMix(29);
        int kl = 0;
        int reward = 0;
        int seen = 0;
        for (int trial = 0; trial < 200; trial++) {
            KlFrontier frontier = KlFrontier.of(gaussian(8, 256, random), new Bootstrap(0.9, 100, trial));
            FrontierPoint point = frontier.at(1 / Math.sqrt(2));
            kl += point.natsBand().contains(1) ? 1 : 0;
            reward += point.rewardBand().contains(Math.sqrt(2)) ? 1 : 0;
            seen += point.reach() == Reach.SEEN ? 1 : 0;
        }
        assertThat(kl).as("of 200 at 90 %, KL 1 nat").isBetween(160, 198);
        assertThat(reward).as("of 200 at 90 %, reward").isBetween(160, 198);
        assertThat(seen).isGreaterThan(180);
    }

    @Test
    void aPointThatHalfTheSamplesWouldHavePutElsewhereIsBeyondThem() {
        SplitMix random = new SplitMix(31);
        KlFrontier frontier = KlFrontier.of(gaussian(8, 256, random), BANDS);
        // KL 3 < log 256 − 2, yet of a Gaussian tail 256 samples show a fifth too little
        FrontierPoint point = frontier.at(1 / Math.sqrt(6));
        assertThat(point.nats()).isBetween(2.0, 2.7);
        assertThat(point.reach()).isEqualTo(Reach.BEYOND_THE_SAMPLES);
        assertThat(frontier.klCoefFor(point.nats())).isEmpty();
        assertClose("the samples' own", frontier.klCoefAtLeast(point.nats()).orElseThrow(), point.klCoef(), 1e-6);
        // of the truth, KL = 1/(2β²), it is a lower bound
        assertThat(frontier.klCoefAtLeast(3).orElseThrow()).isLessThan(1 / Math.sqrt(6));
        double cheapest = frontier.cheapestSeen().orElseThrow();
        assertThat(frontier.at(cheapest).reach()).isEqualTo(Reach.SEEN);
        assertThat(frontier.at(cheapest).nats()).isBetween(0.8, 2.0);
        assertThat(frontier.at(0.9 * cheapest).reach()).isEqualTo(Reach.BEYOND_THE_SAMPLES);
        assertThat(KlFrontier.of(new double[][] {{1, 1, 1}}, BANDS).cheapestSeen())
                .isEmpty();
    }

    @Test
    void theBetaForAKlIsFoundOrHonestlyNotGiven() {
        SplitMix random = new SplitMix(17);
        double[] rewards = new double[4096];
        Arrays.setAll(rewards, i -> 3 + 0.2 * random.nextGaussian());
        KlFrontier frontier = KlFrontier.of(new double[][] {rewards}, BANDS);
        double klCoef = frontier.klCoefFor(2).orElseThrow();
        assertClose("KL there", frontier.at(klCoef).nats(), 2, 1e-6);
        assertThat(klCoef).isBetween(0.08, 0.12);
        assertThat(frontier.klCoefFor(7)).isEmpty();
        assertThat(frontier.klCoefFor(9)).isEmpty();
        assertThat(KlFrontier.of(new double[][] {{1, 1, 1}}, BANDS).klCoefFor(0.1))
                .isEmpty();
    }

    @Test
    void bestOfNIsTheMeanOverAllSubsets() {
        double[] prompt = {4, 1, 3, 3, 7};
        KlFrontier frontier = KlFrontier.of(new double[][] {prompt}, BANDS);
        for (int n = 1; n <= 5; n++) {
            double total = 0;
            int subsets = 0;
            for (int bits = 0; bits < 32; bits++) {
                if (Integer.bitCount(bits) == n) {
                    double greatest = Double.NEGATIVE_INFINITY;
                    for (int i = 0; i < 5; i++) {
                        greatest = (bits >> i & 1) == 1 ? Math.max(greatest, prompt[i]) : greatest;
                    }
                    total += greatest;
                    subsets++;
                }
            }
            BestOfN best = frontier.bestOf(n);
            assertClose("best of " + n, best.reward(), total / subsets, 1e-12);
            assertClose("its bound", best.natsBound(), Math.log(n) - (n - 1.0) / n, 1e-15);
        }
    }

    @Test
    void theOptimumEarnsNoLessThanBestOfNAtTheSameKl() {
        SplitMix random = new SplitMix(19);
        double[] rewards = new double[4096];
        Arrays.setAll(rewards, i -> random.nextGaussian());
        KlFrontier frontier = KlFrontier.of(new double[][] {rewards}, BANDS);
        for (int n : new int[] {2, 4, 16}) {
            BestOfN best = frontier.bestOf(n);
            double klCoef = frontier.klCoefFor(best.natsBound()).orElseThrow();
            assertThat(frontier.at(klCoef).reward()).isGreaterThan(best.reward() - 1e-3);
        }
    }

    @Test
    void wrongInputIsRefusedByPlace() {
        assertThatThrownBy(() -> KlFrontier.of(new double[0][], BANDS)).hasMessageStartingWith("prompts = 0");
        assertThatThrownBy(() -> KlFrontier.of(new double[][] {{1, 2}, {1}}, BANDS))
                .hasMessageStartingWith("samples of prompt 1 = 1");
        assertThatThrownBy(() -> KlFrontier.of(new double[][] {{1, Double.NaN}}, BANDS))
                .hasMessage("rewards[0][1] = NaN, must be finite");
        KlFrontier frontier = KlFrontier.of(new double[][] {{1, 2}}, BANDS);
        assertThatThrownBy(() -> frontier.at(0)).hasMessageStartingWith("kl_coef = 0.0");
        assertThatThrownBy(() -> frontier.bestOf(3)).hasMessage("n = 3, must be at most the samples of a prompt, 2");
        assertThatThrownBy(() -> frontier.klCoefFor(0)).hasMessageStartingWith("nats = 0.0");
    }
}
