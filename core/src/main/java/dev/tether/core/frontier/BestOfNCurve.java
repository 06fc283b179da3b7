package dev.tether.core.frontier;

import dev.tether.core.law.Require;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What choosing the best of n samples of the reference by a proxy gets, in the proxy and in gold, for several n: estimated
 * without bias from one pool of N samples per prompt, as the mean over all its subsets of n (Nakano et al., "WebGPT", 2021,
 * appendix I; so did Gao, Schulman and Hilton 2022). Of samples that the proxy holds for equal, each is chosen as often as
 * the other. Everything is averaged over prompts.
 *
 * @param n ascending
 * @param proxyByPrompt [P][n] mean proxy of the chosen one
 * @param goldByPrompt [P][n] mean gold of the chosen one
 */
public record BestOfNCurve(List<Integer> n, double[][] proxyByPrompt, double[][] goldByPrompt) {
    public BestOfNCurve {
        n = List.copyOf(n);
    }

    /**
     * From a pool.
     *
     * @param proxy [P][N] of each sample, finite; N may differ between prompts
     * @param gold [P][N] of the same samples, finite
     * @param n from 1 to the N of the prompt with the fewest, at least one
     */
    public static BestOfNCurve of(double[][] proxy, double[][] gold, List<Integer> n) {
        Require.atLeast("prompts", proxy.length, 1);
        Require.sameLength("gold", gold.length, "proxy", proxy.length);
        Require.atLeast("numbers of samples to choose from", n.size(), 1);
        List<Integer> ascending = n.stream().sorted().toList();
        double[][] proxyByPrompt = new double[proxy.length][];
        double[][] goldByPrompt = new double[proxy.length][];
        for (int p = 0; p < proxy.length; p++) {
            Require.sameLength("gold[" + p + "]", gold[p].length, "proxy[" + p + "]", proxy[p].length);
            for (int i = 0; i < proxy[p].length; i++) {
                Require.finite("proxy[" + p + "][" + i + "]", proxy[p][i]);
                Require.finite("gold[" + p + "][" + i + "]", gold[p][i]);
            }
            List<Rank> ranks = ranks(proxy[p], gold[p]);
            int samples = proxy[p].length;
            proxyByPrompt[p] = ascending.stream()
                    .mapToDouble(each -> chosen(ranks, samples, each).proxy())
                    .toArray();
            goldByPrompt[p] = ascending.stream()
                    .mapToDouble(each -> chosen(ranks, samples, each).gold())
                    .toArray();
        }
        return new BestOfNCurve(ascending, proxyByPrompt, goldByPrompt);
    }

    /** Samples of one proxy: how many, and their mean gold. */
    private record Rank(double proxy, double gold, int count) {}

    /** The best first. */
    private static List<Rank> ranks(double[] proxy, double[] gold) {
        Integer[] order = new Integer[proxy.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble((Integer i) -> proxy[i]).reversed());
        List<Rank> ranks = new ArrayList<>();
        for (int from = 0, to = 0; from < order.length; from = to) {
            double sum = 0;
            while (to < order.length && proxy[order[to]] == proxy[order[from]]) {
                sum += gold[order[to++]];
            }
            ranks.add(new Rank(proxy[order[from]], sum / (to - from), to - from));
        }
        return ranks;
    }

    private static Rank chosen(List<Rank> ranks, int samples, int n) {
        Require.that(n >= 1 && n <= samples, "n", n, "from 1 to the samples of a prompt, " + samples);
        double proxy = 0;
        double gold = 0;
        double noneBefore = 1;
        int before = 0;
        for (Rank rank : ranks) {
            double none = noneBefore;
            for (int i = 0; i < rank.count(); i++, before++) {
                // that a sample is not among n drawn without replacement, where none before it is
                none *= Math.max(0, 1 - (double) n / (samples - before));
            }
            proxy += (noneBefore - none) * rank.proxy();
            gold += (noneBefore - none) * rank.gold();
            noneBefore = none;
        }
        return new Rank(proxy, gold, n);
    }

    /** Mean proxy of the chosen one, [n]. */
    public double[] proxy() {
        return mean(proxyByPrompt, all());
    }

    /** Mean gold of the chosen one, [n]. */
    public double[] gold() {
        return mean(goldByPrompt, all());
    }

    /** {@link #gold} where the prompts were those {@code drawn}, one as often as it is named. */
    public double[] goldOf(int[] drawn) {
        return mean(goldByPrompt, drawn);
    }

    public int prompts() {
        return goldByPrompt.length;
    }

    /** {@link BestOfN#natsBound(int)}, [n]. */
    public double[] natsBound() {
        return n.stream().mapToDouble(BestOfN::natsBound).toArray();
    }

    private int[] all() {
        int[] all = new int[prompts()];
        Arrays.setAll(all, p -> p);
        return all;
    }

    private static double[] mean(double[][] byPrompt, int[] prompts) {
        double[] mean = new double[byPrompt[0].length];
        for (int p : prompts) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += byPrompt[p][i] / prompts.length;
            }
        }
        return mean;
    }
}
