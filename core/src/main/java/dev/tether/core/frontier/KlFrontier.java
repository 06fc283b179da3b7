package dev.tether.core.frontier;

import dev.tether.core.frontier.FrontierPoint.Reach;
import dev.tether.core.law.Require;
import dev.tether.core.stats.Bootstrap;
import dev.tether.core.stats.Interval;
import dev.tether.core.stats.SplitMix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Reward against KL before any training. The policy that maximises E[r] − β·KL(π ‖ π_ref) is
 * π* ∝ π_ref · e^(r/β); from N samples of the reference for a prompt, their rewards alone give, by self-normalised
 * importance weights w ∝ e^(r/β), what it would reach: E[r] = Σ w r and KL = E[r]/β − log Z, Z = mean e^(r/β). Everything
 * is averaged over prompts.
 *
 * <p>The end of the range is honest: N samples show a KL of log N at most, and a trustworthy one only while N exceeds
 * e^KL by far (Chatterjee and Diaconis 2018); how far depends on the tail of the rewards. A point is {@link Reach#SEEN}
 * while KL ≤ log N − 2, at least five samples are effective, and halving the samples moves its KL by no more than 5 %.
 *
 * <p>What halving moves is also in the bands: both figures come out too small with few samples, which a bootstrap of the
 * same samples cannot know. A band is the bootstrap's spread about the figure, and its upper end lies twice the effect of
 * halving higher.
 */
public final class KlFrontier {
    private static final double NATS_TO_SPARE = 2;
    private static final double LEAST_EFFECTIVE = 5;
    private static final double SEARCH_RATIO = 1e6;
    private static final int HALVINGS = 4;
    private static final double MOST_MOVED = 0.05;
    private static final double UNSEEN = 2;
    private static final int SEEN_GRID = 120;

    private final double[][] rewards;
    private final Bootstrap bootstrap;
    /** Each prompt's samples in two halves, several times over. */
    private final List<double[][]> halves;

    private KlFrontier(double[][] rewards, Bootstrap bootstrap) {
        this.rewards = rewards;
        this.bootstrap = bootstrap;
        this.halves = halves(rewards, new SplitMix(bootstrap.seed()));
    }

    private static List<double[][]> halves(double[][] rewards, SplitMix random) {
        List<double[][]> halves = new ArrayList<>();
        for (int h = 0; h < HALVINGS; h++) {
            double[][] first = new double[rewards.length][];
            double[][] second = new double[rewards.length][];
            for (int p = 0; p < rewards.length; p++) {
                double[] shuffled = shuffled(rewards[p], random);
                int half = Math.max(1, shuffled.length / 2);
                first[p] = Arrays.copyOfRange(shuffled, 0, half);
                second[p] = Arrays.copyOfRange(shuffled, shuffled.length - half, shuffled.length);
            }
            halves.add(first);
            halves.add(second);
        }
        return halves;
    }

    private static double[] shuffled(double[] values, SplitMix random) {
        double[] shuffled = values.clone();
        for (int i = shuffled.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            double swap = shuffled[i];
            shuffled[i] = shuffled[j];
            shuffled[j] = swap;
        }
        return shuffled;
    }

    /**
     * A planner from rewards of reference samples.
     *
     * @param rewards one row per prompt, of at least two samples each; finite
     * @param bootstrap of the bands: prompts are resampled, and the samples of each
     */
    public static KlFrontier of(double[][] rewards, Bootstrap bootstrap) {
        Require.atLeast("prompts", rewards.length, 1);
        double[][] sorted = new double[rewards.length][];
        for (int p = 0; p < rewards.length; p++) {
            Require.atLeast("samples of prompt " + p, rewards[p].length, 2);
            for (int i = 0; i < rewards[p].length; i++) {
                Require.finite("rewards[" + p + "][" + i + "]", rewards[p][i]);
            }
            sorted[p] = rewards[p].clone();
            Arrays.sort(sorted[p]);
        }
        return new KlFrontier(sorted, bootstrap);
    }

    /** The optimum of one prompt, or the mean over prompts. */
    private record Optimum(double reward, double nats, double objective, double effectiveSamples) {
        private static Optimum of(double[] rewards, double klCoef) {
            double max = Double.NEGATIVE_INFINITY;
            for (double reward : rewards) {
                max = Math.max(max, reward);
            }
            double total = 0;
            double squares = 0;
            double weighted = 0;
            for (double reward : rewards) {
                double weight = Math.exp((reward - max) / klCoef);
                total += weight;
                squares += weight * weight;
                weighted += weight * (reward - max);
            }
            double aboveMax = weighted / total;
            // log Z and E[r]/β both hold max/β: taken out, it cannot eat the digits of their difference
            double logMean = Math.log(total / rewards.length);
            return new Optimum(
                    max + aboveMax,
                    Math.max(0, aboveMax / klCoef - logMean),
                    max + klCoef * logMean,
                    total * total / squares);
        }
    }

    private static Optimum mean(double[][] rewards, double klCoef) {
        double reward = 0;
        double nats = 0;
        double objective = 0;
        double effective = 0;
        for (double[] prompt : rewards) {
            Optimum optimum = Optimum.of(prompt, klCoef);
            reward += optimum.reward;
            nats += optimum.nats;
            objective += optimum.objective;
            effective += optimum.effectiveSamples;
        }
        int prompts = rewards.length;
        return new Optimum(reward / prompts, nats / prompts, objective / prompts, effective / prompts);
    }

    /** What the optimum under β reaches. */
    public FrontierPoint at(double klCoef) {
        Require.positive("kl_coef", klCoef);
        Optimum optimum = mean(rewards, klCoef);
        double[] rewardDraws = new double[bootstrap.resamples()];
        double[] natsDraws = new double[bootstrap.resamples()];
        SplitMix random = new SplitMix(bootstrap.seed());
        for (int r = 0; r < rewardDraws.length; r++) {
            Optimum drawn = mean(resampled(random), klCoef);
            rewardDraws[r] = drawn.reward;
            natsDraws[r] = drawn.nats;
        }
        Optimum halved = halved(klCoef);
        return new FrontierPoint(
                klCoef,
                optimum.reward,
                optimum.nats,
                optimum.objective,
                optimum.effectiveSamples,
                band(optimum.reward, optimum.reward - halved.reward, rewardDraws),
                band(optimum.nats, optimum.nats - halved.nats, natsDraws),
                reach(optimum, halved));
    }

    /** What half the samples would have said, on the mean. */
    private Optimum halved(double klCoef) {
        double reward = 0;
        double nats = 0;
        double objective = 0;
        double effective = 0;
        for (double[][] half : halves) {
            Optimum optimum = mean(half, klCoef);
            reward += optimum.reward;
            nats += optimum.nats;
            objective += optimum.objective;
            effective += optimum.effectiveSamples;
        }
        int n = halves.size();
        return new Optimum(reward / n, nats / n, objective / n, effective / n);
    }

    private Reach reach(double klCoef) {
        return reach(mean(rewards, klCoef), halved(klCoef));
    }

    private Reach reach(Optimum optimum, Optimum halved) {
        boolean seen = optimum.nats <= trustworthyNats()
                && optimum.effectiveSamples >= LEAST_EFFECTIVE
                && Math.abs(optimum.nats - halved.nats) <= MOST_MOVED * optimum.nats;
        return seen ? Reach.SEEN : Reach.BEYOND_THE_SAMPLES;
    }

    /**
     * The least β down to which every point is {@link Reach#SEEN}, to within a few per cent; empty where none is, or where
     * all rewards of a prompt are equal.
     */
    public OptionalDouble cheapestSeen() {
        double scale = spread();
        OptionalDouble cheapest = OptionalDouble.empty();
        for (int i = 0; i < SEEN_GRID && scale > 0; i++) {
            double klCoef = 3 * scale * Math.pow(0.93, i);
            if (reach(klCoef) == Reach.BEYOND_THE_SAMPLES && cheapest.isPresent()) {
                break;
            }
            cheapest = reach(klCoef) == Reach.SEEN ? OptionalDouble.of(klCoef) : cheapest;
        }
        return cheapest;
    }

    /** The greatest KL that so many samples can tell of at best: log N − 2, N of the prompt with the fewest. */
    public double trustworthyNats() {
        int fewest = Integer.MAX_VALUE;
        for (double[] prompt : rewards) {
            fewest = Math.min(fewest, prompt.length);
        }
        return Math.max(0, Math.log(fewest) - NATS_TO_SPARE);
    }

    private double[][] resampled(SplitMix random) {
        double[][] drawn = new double[rewards.length][];
        for (int p = 0; p < drawn.length; p++) {
            double[] prompt = rewards[random.nextInt(rewards.length)];
            drawn[p] = new double[prompt.length];
            for (int i = 0; i < prompt.length; i++) {
                drawn[p][i] = prompt[random.nextInt(prompt.length)];
            }
        }
        return drawn;
    }

    private Interval band(double figure, double moved, double[] draws) {
        Arrays.sort(draws);
        double tail = (1 - bootstrap.level()) / 2;
        double middle = Bootstrap.quantile(draws, 0.5);
        return new Interval(
                figure + Bootstrap.quantile(draws, tail) - middle,
                figure + Bootstrap.quantile(draws, 1 - tail) - middle + UNSEEN * Math.max(0, moved),
                bootstrap.level());
    }

    /** One point per β, in the order given. */
    public List<FrontierPoint> curve(double... klCoefs) {
        List<FrontierPoint> points = new ArrayList<>();
        for (double klCoef : klCoefs) {
            points.add(at(klCoef));
        }
        return List.copyOf(points);
    }

    /**
     * The β whose optimum has this KL per sequence; empty where the samples cannot tell, because it is beyond them or
     * because no β reaches it.
     */
    public OptionalDouble klCoefFor(double nats) {
        OptionalDouble klCoef = klCoefAtLeast(nats);
        return klCoef.isPresent() && reach(klCoef.getAsDouble()) == Reach.SEEN ? klCoef : OptionalDouble.empty();
    }

    /**
     * The β that the samples at hand give for this KL, whether they see that far or not. Where they do not, they
     * understate the KL, and the β that is looked for is greater. Empty where the samples reach that KL under no β.
     */
    public OptionalDouble klCoefAtLeast(double nats) {
        Require.positive("nats", nats);
        double scale = spread();
        double low = scale / SEARCH_RATIO;
        double high = scale * SEARCH_RATIO;
        if (scale == 0 || mean(rewards, low).nats < nats) {
            return OptionalDouble.empty();
        }
        for (int i = 0; i < 200 && high / low > 1 + 1e-12; i++) {
            double middle = Math.sqrt(low * high);
            if (mean(rewards, middle).nats > nats) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return OptionalDouble.of(high);
    }

    /** The widest range of rewards within one prompt. */
    private double spread() {
        double widest = 0;
        for (double[] prompt : rewards) {
            widest = Math.max(widest, prompt[prompt.length - 1] - prompt[0]);
        }
        return widest;
    }

    /**
     * Best of n, without bias from the samples at hand: the mean of the greatest over all subsets of n.
     *
     * @param n from 1 to the samples of the prompt with the fewest
     */
    public BestOfN bestOf(int n) {
        Require.atLeast("n", n, 1);
        double total = 0;
        for (double[] prompt : rewards) {
            Require.that(n <= prompt.length, "n", n, "at most the samples of a prompt, " + prompt.length);
            // going down from the greatest: the chance that it is the greatest of n drawn without replacement
            double chance = (double) n / prompt.length;
            double left = 1;
            for (int i = prompt.length - 1; i >= 0 && left > 0; i--) {
                total += left * chance * prompt[i];
                left *= 1 - chance;
                chance = i > 0 ? Math.min(1, (double) n / i) : 1;
            }
        }
        return new BestOfN(n, total / rewards.length, BestOfN.natsBound(n));
    }
}
