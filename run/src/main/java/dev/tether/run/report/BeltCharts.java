package dev.tether.run.report;

import dev.tether.core.kl.KlUnit;
import dev.tether.run.chart.Chart;
import dev.tether.run.journal.BeltFigures;
import dev.tether.run.journal.ExactKl;
import dev.tether.run.journal.KlEstimateFigures;
import dev.tether.run.journal.KlReading;
import dev.tether.run.journal.MeasuredKl;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.UpdateKl;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;

/** The pictures of one run's belt. */
final class BeltCharts {
    private static final String STEP = "step";

    private final List<StepRecord> steps;

    BeltCharts(RecordedRun run) {
        this.steps = run.steps();
    }

    /** Those of which something was measured. */
    List<Chart> all() {
        return Stream.of(exactAgainstSampled(), distances(), force())
                .filter(chart -> !chart.isEmpty())
                .toList();
    }

    /** The exact KL beside k1 of the same samples: both unbiased, told apart by their error. */
    private Chart exactAgainstSampled() {
        Course exact = Course.of(
                steps, step -> exact(step, ExactKl::natsPerSequence), step -> exact(step, ExactKl::seNatsPerSequence));
        Course sampled = Course.of(
                steps, step -> k1(step, KlReading::natsPerSequence), step -> k1(step, KlReading::seNatsPerSequence));
        if (exact.isEmpty() || sampled.isEmpty()) {
            return nothing();
        }
        return Chart.of(
                "Exact against sampled KL",
                STEP,
                "nats per sequence",
                List.of(RunCharts.line("sampled (k1)", 3, sampled), RunCharts.line("exact", 0, exact)));
    }

    /** From the reference, from the policy before the update, from the sampler; and from the first anchor. */
    private Chart distances() {
        Course update = Course.of(
                steps,
                step -> step.updateKl()
                        .map(UpdateKl::natsPerToken)
                        .map(OptionalDouble::of)
                        .orElse(unknown()));
        Course sampler = Course.of(steps, step -> measured(step, StepRecord::samplerKl));
        if (sampler.isEmpty()) {
            return nothing();
        }
        return Chart.of(
                        "Distances of the policy",
                        STEP,
                        "nats per token",
                        List.of(
                                RunCharts.plainLine(
                                        "first anchor",
                                        6,
                                        Course.of(steps, this::anchor).positive()),
                                RunCharts.plainLine(
                                        "reference",
                                        0,
                                        Course.kl(steps, KlUnit.NATS_PER_TOKEN).positive()),
                                RunCharts.plainLine("before the update", 1, update.positive()),
                                RunCharts.plainLine("sampler", 4, sampler.positive())))
                .with(Chart.Heights.RATIOS_WHERE_WIDE);
    }

    private Chart force() {
        Course force = Course.of(
                steps,
                step -> step.belt().map(BeltFigures::force).orElse(unknown()),
                step -> step.belt().map(BeltFigures::seForce).orElse(unknown()));
        if (force.length() < 2) {
            return nothing();
        }
        return Chart.of(
                        "Force of the belt",
                        STEP,
                        "1 = pulls as the KL does",
                        List.of(RunCharts.line("force", 5, force)))
                .with(new Chart.Guide("attached", 1))
                .with(new Chart.Guide("no force", 0));
    }

    private OptionalDouble anchor(StepRecord step) {
        return measured(step, StepRecord::anchorKl);
    }

    private static OptionalDouble measured(StepRecord step, Function<StepRecord, Optional<MeasuredKl>> figure) {
        return figure.apply(step).map(MeasuredKl::natsPerToken).orElse(unknown());
    }

    private static OptionalDouble exact(StepRecord step, Function<ExactKl, OptionalDouble> figure) {
        return step.exactKl().map(figure).orElse(unknown());
    }

    private static OptionalDouble k1(StepRecord step, Function<KlReading, OptionalDouble> figure) {
        return step.referenceKlEstimates()
                .map(KlEstimateFigures::k1)
                .map(figure)
                .orElse(unknown());
    }

    private static OptionalDouble unknown() {
        return OptionalDouble.empty();
    }

    private static Chart nothing() {
        return Chart.of("", STEP, "", List.of());
    }
}
