package dev.tether.bench;

import dev.tether.core.kl.FullKl;
import dev.tether.core.kl.TruncatedKl;
import dev.tether.core.objective.TokenLogprobs;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

/** What an audit does at every token of a run: sums over the whole vocabulary. Time of one position. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class VocabularyKernels {
    private static final int KNOWN = 20;

    @Param({"512", "32000", "128000"})
    int vocabulary;

    private double[] logits;
    private double[] logprobs;
    private double[] refLogprobs;
    private double[] top;
    private double[] refTop;

    /** Logits of two models that agree for the most part. */
    @Setup
    public void draw() {
        SplittableRandom random = new SplittableRandom(7);
        logits = random.doubles(vocabulary, -8, 8).toArray();
        double[] refLogits =
                Arrays.stream(logits).map(z -> z + random.nextDouble(-0.1, 0.1)).toArray();
        logprobs = TokenLogprobs.logSoftmax(logits, 1);
        refLogprobs = TokenLogprobs.logSoftmax(refLogits, 1);
        top = Arrays.copyOf(logprobs, KNOWN);
        refTop = Arrays.copyOf(refLogprobs, KNOWN);
    }

    @Benchmark
    public double[] logSoftmax() {
        return TokenLogprobs.logSoftmax(logits, 1);
    }

    @Benchmark
    public double fullKl() {
        return FullKl.nats(logprobs, refLogprobs);
    }

    @Benchmark
    public double jensenShannon() {
        return FullKl.jensenShannon(logprobs, refLogprobs);
    }

    /** Of twenty known tokens, whatever the vocabulary. */
    @Benchmark
    public TruncatedKl truncatedKl() {
        return TruncatedKl.of(top, refTop, -30);
    }
}
