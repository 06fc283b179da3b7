package dev.tether.cli.bench;

import dev.tether.run.settings.RunSettings;
import dev.tether.torch.architecture.DecoderSpec;
import dev.tether.torch.engine.MatmulCeiling;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A measured run.
 *
 * @param steps all of them, in order
 * @param patience which of them count
 * @param settings of the run
 * @param promptTokens of the longest prompt
 * @param peakMebibytes the most memory that the process held until the last step; empty = unknown
 * @param ceilings of matrix products, measured after the steps; may be empty
 */
record Recording(
        List<BenchStep> steps,
        Patience patience,
        RunSettings settings,
        DecoderSpec model,
        int promptTokens,
        StartUp startUp,
        OptionalDouble peakMebibytes,
        List<MatmulCeiling> ceilings) {
    /**
     * Seconds from the start of the virtual machine.
     *
     * @param toReady models open, prompts there
     * @param toFirstToken a first token for each prompt of the first step
     * @param toEndOfFirstStep the first update is done
     */
    record StartUp(double toReady, double toFirstToken, double toEndOfFirstStep) {}

    /** The steps that figures are made of. */
    List<BenchStep> measured() {
        return patience.measured(steps);
    }

    Recording with(List<MatmulCeiling> measured) {
        return new Recording(
                steps, patience, settings, model, promptTokens, startUp, peakMebibytes, List.copyOf(measured));
    }

    /** Best product of at least so many rows, 10⁹ operations per second; empty where none was measured. */
    OptionalDouble ceiling(long rows) {
        return ceilings.stream()
                .filter(each -> each.product().rows() >= rows)
                .mapToDouble(MatmulCeiling::gigaflopsPerSecond)
                .max();
    }

    /** Best product of at most so many rows. */
    OptionalDouble ceilingOfFew(long rows) {
        return ceilings.stream()
                .filter(each -> each.product().rows() <= rows)
                .mapToDouble(MatmulCeiling::gigaflopsPerSecond)
                .max();
    }
}
