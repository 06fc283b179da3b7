package dev.tether.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.cli.CommandLineRun;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.JournalReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Under top-k the sampler is not the policy; whose logprobs the belt reads decides whether that shows. */
class TruncatedSamplingTest {
    @TempDir
    Path temp;

    @Test
    void theTruncatedLogprobsAreTheSamplersOwnAndTheFullOnesAreNot() {
        assertThat(samplerKl("truncated")).isLessThan(1e-9);
        assertThat(samplerKl("full")).isGreaterThan(1e-4);
    }

    /** KL(sampler ‖ what the belt reads), nats per token, of one step. */
    private double samplerKl(String support) {
        Path run = temp.resolve(support);
        CommandLineRun train = CommandLineRun.of(
                "train",
                "--steps=1",
                "--batch=8",
                "--max-new-tokens=12",
                "--set=generation.top_k=8",
                "--set=belt.meter=sampled",
                "--set=belt.force_every_steps=0",
                "--set=belt.sampling_support=" + support,
                "--out=" + run);
        assertThat(train.exitCode()).as(train.err()).isZero();
        return JournalReader.readAll(new RunDirectory(run).journal())
                .steps()
                .get(0)
                .samplerKl()
                .orElseThrow()
                .natsPerToken()
                .orElseThrow();
    }
}
