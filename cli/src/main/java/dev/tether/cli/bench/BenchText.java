package dev.tether.cli.bench;

import dev.tether.cli.console.Words;
import dev.tether.run.settings.RunSettings;
import dev.tether.torch.engine.MatmulCeiling;
import java.util.Locale;
import java.util.Map;

/** A measured run as a table for people. */
final class BenchText {
    private final Recording recording;
    private final BenchFigures figures;
    private final StringBuilder text = new StringBuilder();

    BenchText(Recording recording) {
        this.recording = recording;
        this.figures = new BenchFigures(recording);
    }

    String text() {
        title();
        phases();
        rates();
        processor();
        products();
        return text.toString();
    }

    private void title() {
        RunSettings s = recording.settings();
        line(
                "%s on %s: %d responses to prompts of %d tokens, %d new tokens at most, %d x %d updates, value %s, %s, %s",
                figures.implementation(),
                s.model().policy(),
                s.prompts().batchSize(),
                recording.promptTokens(),
                s.generation().maxNewTokens(),
                s.update().epochs(),
                s.update().minibatches(),
                figures.value(),
                Words.name(s.model().dtype()),
                threads(s.threads()));
        int quiet = recording.patience().quiet(recording.steps()).size();
        int warm = recording.patience().warm(recording.steps()).size();
        line(
                "medians of %d steps (%d of %d after the warm-up were quiet)",
                figures.measured().size(), quiet, warm);
        line("");
    }

    private static String threads(int threads) {
        return switch (threads) {
            case 0 -> "a thread per core";
            case 1 -> "1 thread";
            default -> threads + " threads";
        };
    }

    private void phases() {
        line("%-26s %10s   %s", "phase", "seconds", "min .. max");
        for (Map.Entry<String, Spread> phase : figures.phases().entrySet()) {
            Spread seconds = phase.getValue();
            line(
                    "%-26s %10.3f   %.3f .. %.3f",
                    phase.getKey().replace('_', ' '), seconds.median(), seconds.min(), seconds.max());
        }
        line(
                "policy logprobs: the sampler's in %d of %d steps; the trainer's differ by %.1e nats a token at most",
                figures.sampledSteps(),
                figures.measured().size(),
                figures.disagreement().max());
        line("");
    }

    private void rates() {
        rate("tokens per step", figures.tokensPerStep(), "%.0f");
        rate("tokens/s end to end", figures.tokensPerSecond(), "%.0f");
        rate("tokens/s of generation", figures.generationTokensPerSecond(), "%.0f");
        recording
                .peakMebibytes()
                .ifPresent(peak -> line("%-26s %10.0f   MiB, the most until the last step", "memory", peak));
        Spread heap = figures.heapBytes();
        line(
                "%-26s %10.1f   MiB on the heap per step, %.1f .. %.1f",
                "allocations", mebibytes(heap.median()), mebibytes(heap.min()), mebibytes(heap.max()));
        Recording.StartUp start = recording.startUp();
        line(
                "%-26s %10.2f   s to ready, %.2f to the first token, %.2f to the end of the first step",
                "since the JVM's start", start.toReady(), start.toFirstToken(), start.toEndOfFirstStep());
        line("");
    }

    private static double mebibytes(double bytes) {
        return bytes / (1 << 20);
    }

    private void rate(String name, Spread spread, String number) {
        line(
                "%-26s %10s   %s .. %s",
                name, format(number, spread.median()), format(number, spread.min()), format(number, spread.max()));
    }

    private void processor() {
        line(
                "matrix products, GFLOP/s: 2 operations per weight and token, attention by the pairs it needs, the head on the");
        line("tokens of responses, backward twice the forward pass; nothing for what is computed again or is padding");
        Spread update = figures.updateGigaflops();
        Spread generation = figures.generationGigaflops();
        line(
                "%-26s %10.1f   %.1f .. %.1f%s",
                "update", update.median(), update.min(), update.max(), share(update.median(), figures.ceiling()));
        line(
                "%-26s %10.1f   %.1f .. %.1f%s; %s of one product per response",
                "generation",
                generation.median(),
                generation.min(),
                generation.max(),
                share(generation.median(), figures.ceiling()),
                share(generation.median(), figures.generationCeiling())
                        .replace(", ", "")
                        .replace(" of the ceiling", ""));
    }

    private static String share(double value, java.util.OptionalDouble ceiling) {
        return ceiling.isEmpty() ? "" : format(", %.0f %% of the ceiling", 100 * value / ceiling.getAsDouble());
    }

    private void products() {
        for (MatmulCeiling each : recording.ceilings()) {
            line(
                    "%-26s %10.1f   [%d x %d] [%d x %d]",
                    "  " + Words.name(each.engine()).replace('_', ' '),
                    each.gigaflopsPerSecond(),
                    each.product().rows(),
                    each.product().inputs(),
                    each.product().inputs(),
                    each.product().outputs());
        }
    }

    private void line(String format, Object... arguments) {
        text.append(format(format, arguments)).append('\n');
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
