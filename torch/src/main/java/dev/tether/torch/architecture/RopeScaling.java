package dev.tether.torch.architecture;

/** How rotary frequencies are changed so that a model reads longer texts than it was first trained on. */
public sealed interface RopeScaling {
    /** The changed frequency, in radians per position. */
    double scale(double frequency);

    /** No change ("default"). */
    record None() implements RopeScaling {
        @Override
        public double scale(double frequency) {
            return frequency;
        }
    }

    /** Every frequency divided by {@code factor} ("linear", position interpolation). */
    record Linear(double factor) implements RopeScaling {
        @Override
        public double scale(double frequency) {
            return frequency / factor;
        }
    }

    /**
     * Llama 3.1's rule: wavelengths shorter than originalContext / highFrequencyFactor stay, those longer than
     * originalContext / lowFrequencyFactor are stretched by {@code factor}, those between are interpolated.
     */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext)
            implements RopeScaling {
        @Override
        public double scale(double frequency) {
            double wavelength = 2 * Math.PI / frequency;
            if (wavelength < originalContext / highFrequencyFactor) {
                return frequency;
            }
            if (wavelength > originalContext / lowFrequencyFactor) {
                return frequency / factor;
            }
            double smooth =
                    (originalContext / wavelength - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
            return (1 - smooth) * frequency / factor + smooth * frequency;
        }
    }
}
