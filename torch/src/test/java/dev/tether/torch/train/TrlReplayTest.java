package dev.tether.torch.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.torch.engine.ComputeType;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * TRL 1.9.0's PPOTrainer in double precision, see {@link TrlTrace}. Its old logprobs were rounded to float32 and its
 * Bessel factor is float32: that, and not our arithmetic, bounds the double-precision comparison.
 */
class TrlReplayTest {
    @TempDir
    Path scratch;

    /** Measured: 1.4e-6 (one minibatch's policy loss), final weights 5.5e-9, by the way they moved 3.8e-7. */
    @Test
    void doublePrecisionReproducesTrlToItsOwnRounding() throws Exception {
        Map<String, Double> deviations = new TrlTrace().deviations(ComputeType.FLOAT64, scratch);
        assertThat(deviations)
                .hasSize(15)
                .allSatisfy((name, deviation) -> assertThat(deviation).as(name).isLessThan(2e-6));
        assertThat(deviations.get("final weights")).isLessThan(1e-8);
    }

    /** Measured: 1.3e-5 (one minibatch's total loss), final weights 1.4e-7, by the way they moved 3.2e-5. */
    @Test
    void singlePrecisionReproducesTrlToOneInTenThousand() throws Exception {
        Map<String, Double> deviations = new TrlTrace().deviations(ComputeType.FLOAT32, scratch);
        assertThat(deviations)
                .hasSize(15)
                .allSatisfy((name, deviation) -> assertThat(deviation).as(name).isLessThan(1e-4));
        assertThat(deviations.get("final weights")).isLessThan(1e-6);
    }
}
