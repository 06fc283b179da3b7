package dev.tether.cli.train;

import dev.tether.cli.live.ProgressTable;
import dev.tether.core.kl.KlUnit;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.Timing;
import dev.tether.run.settings.BeltSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;

/** What a run says of itself when it is over. */
final class Summary {
    private static final int WINDOW = 10;

    private final List<StepRecord> steps;
    private final BeltSettings belt;

    Summary(List<StepRecord> steps, BeltSettings belt) {
        this.steps = steps;
        this.belt = belt;
    }

    void print(PrintWriter out, RunDirectory directory) {
        if (!steps.isEmpty()) {
            figures(out);
        }
        line(out, "run", directory.root().toString());
        if (Files.exists(directory.report())) {
            line(out, "report", directory.report().toString());
        }
        if (Files.isDirectory(directory.model())) {
            line(out, "model", directory.model().toString());
        }
        if (Files.isDirectory(directory.adapter())) {
            line(out, "adapter", directory.adapter() + " (tether merge makes a model of it)");
        }
        out.flush();
    }

    private void figures(PrintWriter out) {
        String unit = belt.unit() == KlUnit.NATS_PER_TOKEN ? "nats/token" : "nats/sequence";
        String target = belt.controller().hasTarget() ? ", target " + short4(belt.target()) : "";
        line(out, "score", change(step -> step.score().map(score -> score.mean())));
        line(out, "KL", change(this::kl) + " " + unit + target);
        line(out, "beta", change(step -> boxed(step.klCoef())));
        double seconds = steps.stream()
                .flatMap(step -> step.timing().map(Timing::stepSeconds).stream())
                .mapToDouble(value -> value.orElse(0))
                .sum();
        long tokens = steps.stream().mapToLong(step -> step.tokens().orElse(0)).sum();
        line(
                out,
                "time",
                ProgressTable.duration(seconds) + " for " + tokens + " tokens in " + steps.size() + " steps ("
                        + String.format(Locale.ROOT, "%.0f", tokens / seconds) + " tokens/s)" + peakMemory());
    }

    /** "0.21 -> 1.32", the means of the first and the last steps. */
    private String change(Function<StepRecord, Optional<Double>> figure) {
        int window = Math.max(1, Math.min(WINDOW, steps.size() / 3));
        return mean(steps.subList(0, window), figure) + " -> "
                + mean(steps.subList(steps.size() - window, steps.size()), figure);
    }

    private static String mean(List<StepRecord> window, Function<StepRecord, Optional<Double>> figure) {
        OptionalDouble mean = window.stream()
                .flatMap(step -> figure.apply(step).stream())
                .mapToDouble(Double::doubleValue)
                .average();
        return mean.isPresent() ? short4(mean.getAsDouble()) : "-";
    }

    private Optional<Double> kl(StepRecord step) {
        return step.referenceKl().flatMap(kl -> boxed(inUnit(kl)));
    }

    private OptionalDouble inUnit(ReferenceKl kl) {
        return belt.unit() == KlUnit.NATS_PER_TOKEN ? kl.natsPerToken() : kl.natsPerSequence();
    }

    private static Optional<Double> boxed(OptionalDouble value) {
        return value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.empty();
    }

    private static String short4(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    /** ", at most 812 MiB of memory", where the system tells. */
    private static String peakMemory() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> ", at most " + Long.parseLong(line.replaceAll("\\D", "")) / 1024 + " MiB of memory")
                    .findFirst()
                    .orElse("");
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }

    private static void line(PrintWriter out, String name, String value) {
        out.printf(Locale.ROOT, "  %-8s %s%n", name, value);
    }
}
