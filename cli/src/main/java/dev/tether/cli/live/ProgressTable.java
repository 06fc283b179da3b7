package dev.tether.cli.live;

import dev.tether.core.kl.KlUnit;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.BeltSettings;
import java.util.Locale;
import java.util.OptionalDouble;

/** The columns in which a run tells its steps. */
public final class ProgressTable {
    private static final String FORMAT = "%11s %10s  %16s  %8s %8s %9s  %7s";

    private final BeltSettings belt;

    ProgressTable(BeltSettings belt) {
        this.belt = belt;
    }

    String header() {
        String unit = belt.unit() == KlUnit.NATS_PER_TOKEN ? "KL nats/token" : "KL nats/sequence";
        String target = isSteered() ? "target" : "";
        return row("step", "score", unit, target, "beta", "tokens/s", "left").stripTrailing();
    }

    String row(StepRecord step, int steps, double secondsLeft) {
        return row(
                step.step() + "/" + steps,
                step.score().map(score -> number("%.4f", score.mean())).orElse("-"),
                step.referenceKl().map(this::kl).orElse("-"),
                isSteered() ? number("%.3g", belt.target()) : "",
                number("%.4g", step.klCoef()),
                number("%.0f", step.tokensPerSecond()),
                duration(secondsLeft));
    }

    /** "5.91 ± 0.22" in the unit of the belt's target. */
    private String kl(ReferenceKl kl) {
        boolean perToken = belt.unit() == KlUnit.NATS_PER_TOKEN;
        String format = perToken ? "%.4f" : "%.2f";
        OptionalDouble error = perToken ? kl.seNatsPerToken() : kl.seNatsPerSequence();
        String mean = number(format, perToken ? kl.natsPerToken() : kl.natsPerSequence());
        return error.isPresent() ? mean + " ± " + number(format, error) : mean;
    }

    private boolean isSteered() {
        return belt.controller().hasTarget();
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, FORMAT, cells);
    }

    private static String number(String format, OptionalDouble value) {
        return value.isPresent() ? number(format, value.getAsDouble()) : "-";
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** "1:05" or "2:03:04". */
    public static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
