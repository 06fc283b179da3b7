package dev.tether.bench;

import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.JournalWriter;
import dev.tether.run.journal.ResponseTokens;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.UpdateKl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a step costs in the journal. Time of one row. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class JournalKernels {
    private final StepRecord step = StepRecord.builder(12)
            .score(new Distribution(0.5, 0.25, -1, 2))
            .rlhfReward(0.375)
            .klPenalty(-0.125)
            .klCoef(0.15)
            .referenceNll(2.375)
            .entropy(2.25)
            .updateKl(new UpdateKl(-0.001, 0.002, 0.003))
            .policyLoss(-0.02)
            .valueLoss(0.7)
            .clipFraction(0.0625)
            .gradientNorm(1.5)
            .learningRate(5e-5)
            .updates(16)
            .responseTokens(new ResponseTokens(40.5, 48))
            .endedShare(0.8125)
            .episodes(384)
            .tokens(1296)
            .tokensPerSecond(648.5)
            .build();

    private Path directory;
    private JournalWriter journal;

    /** A new file for each iteration, so that none grows without end. */
    @Setup(Level.Iteration)
    public void create() throws IOException {
        directory = Files.createTempDirectory("tether-journal");
        journal = JournalWriter.create(directory.resolve("journal.jsonl"));
    }

    @TearDown(Level.Iteration)
    public void remove() throws IOException {
        journal.close();
        Files.delete(directory.resolve("journal.jsonl"));
        Files.delete(directory);
    }

    /** Handed to the operating system, as every row is. */
    @Benchmark
    public long append() {
        journal.append(step);
        return journal.length();
    }
}
