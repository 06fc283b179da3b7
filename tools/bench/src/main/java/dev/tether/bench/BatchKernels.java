package dev.tether.bench;

import dev.tether.core.advantage.Advantages;
import dev.tether.core.advantage.Gae;
import dev.tether.core.advantage.GaeSettings;
import dev.tether.core.kl.KlAgainst;
import dev.tether.core.kl.KlDirection;
import dev.tether.core.kl.KlEstimates;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a step does with the logprobs of its responses, [B][T], ragged. Time of one batch. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BatchKernels {
    @Param({"32", "128"})
    int sequences;

    @Param({"64", "512"})
    int tokens;

    private LogprobPair pair;
    private double[][] rewards;
    private double[][] values;

    /** Half of all positions count, in rows of every length. */
    @Setup
    public void draw() {
        SplittableRandom random = new SplittableRandom(7);
        double[][] logprobs = rows(random, -4, 0);
        double[][] refLogprobs = Stream.of(logprobs)
                .map(row -> random.doubles(row.length, -0.1, 0.1).toArray())
                .toArray(double[][]::new);
        for (int b = 0; b < sequences; b++) {
            for (int t = 0; t < tokens; t++) {
                refLogprobs[b][t] = Math.min(0, refLogprobs[b][t] + logprobs[b][t]);
            }
        }
        int[] lengths = random.ints(sequences, 1, tokens + 1).toArray();
        pair = new LogprobPair(logprobs, refLogprobs, ResponseMask.ofLengths(lengths, tokens));
        rewards = rows(random, -1, 1);
        values = rows(random, -1, 1);
    }

    private double[][] rows(SplittableRandom random, double from, double to) {
        return Stream.generate(() -> random.doubles(tokens, from, to).toArray())
                .limit(sequences)
                .toArray(double[][]::new);
    }

    @Benchmark
    public KlSummary klSummary() {
        return KlSummary.of(pair, KlEstimator.K3);
    }

    @Benchmark
    public KlEstimates klEstimates() {
        return KlEstimates.of(pair, KlDirection.POLICY_FIRST, KlAgainst.REFERENCE);
    }

    @Benchmark
    public Advantages gae() {
        return Gae.estimate(rewards, values, pair.responseMask(), new GaeSettings(1, 0.95));
    }
}
