package dev.tether.torch.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RopeScalingTest {
    private static final RopeScaling.Llama3 LLAMA3 = new RopeScaling.Llama3(8, 1, 4, 8192);

    @Test
    void frequenciesFallGeometricallyFromOne() {
        double[] frequencies = new PositionSpec.Rotary(8, 10000, new RopeScaling.None()).frequencies();
        assertThat(frequencies).containsExactly(new double[] {1, 0.1, 0.01, 0.001}, within(1e-15));
    }

    @Test
    void linearScalingDividesEveryFrequency() {
        assertThat(new RopeScaling.Linear(4).scale(0.5)).isEqualTo(0.125);
    }

    @Test
    void llama3KeepsShortWavelengthsAndStretchesLongOnes() {
        double shortWave = 2 * Math.PI / 2000;
        double longWave = 2 * Math.PI / 9000;
        assertThat(LLAMA3.scale(shortWave)).isEqualTo(shortWave);
        assertThat(LLAMA3.scale(longWave)).isEqualTo(longWave / 8);
    }

    @Test
    void llama3InterpolatesBetweenWithoutAJump() {
        double first = 2 * Math.PI / 2048; // wavelength originalContext / highFrequencyFactor
        double last = 2 * Math.PI / 8192; // wavelength originalContext / lowFrequencyFactor
        assertThat(LLAMA3.scale(first)).isCloseTo(first, within(1e-12));
        assertThat(LLAMA3.scale(last)).isCloseTo(last / 8, within(1e-12));
        double middle = 2 * Math.PI / 4096;
        assertThat(LLAMA3.scale(middle)).isBetween(middle / 8, middle);
        // smooth = (8192/4096 − 1)/(4 − 1) = 1/3
        assertThat(LLAMA3.scale(middle)).isCloseTo(middle * (2.0 / 3 / 8 + 1.0 / 3), within(1e-15));
    }
}
