package dev.tether.trainer.algorithm;

import dev.tether.core.advantage.Advantages;
import dev.tether.run.journal.PairFigures;
import dev.tether.trainer.model.UpdateReport;
import dev.tether.trainer.model.UpdateReport.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What one update did.
 *
 * @param advantages before scaling, and the returns
 * @param reports one per optimiser step, in order
 * @param stoppedEarly true when a KL passed its limit and later minibatches were left out
 * @param pairs of an update from pairs
 */
public record PolicyUpdate(
        Advantages advantages, List<UpdateReport> reports, boolean stoppedEarly, Optional<PairFigures> pairs) {
    /** An update from the policy's own answers. */
    public PolicyUpdate(Advantages advantages, List<UpdateReport> reports, boolean stoppedEarly) {
        this(advantages, reports, stoppedEarly, Optional.empty());
    }

    public PolicyUpdate {
        reports = List.copyOf(reports);
    }

    /** True when a minibatch was left out because KL to the reference was over its hard limit. */
    public boolean isOverHardLimit() {
        return reports.stream().anyMatch(report -> report.outcome() == Outcome.HELD_BACK_OVER_LIMIT);
    }

    /** The mean of the reports, each optimiser step counting once. */
    public UpdateReport mean() {
        return new UpdateReport(
                mean(UpdateReport::policyLoss),
                mean(UpdateReport::valueLoss),
                mean(UpdateReport::klLoss),
                mean(UpdateReport::totalLoss),
                mean(UpdateReport::clipFraction),
                mean(UpdateReport::valueClipFraction),
                mean(UpdateReport::updateKlK1),
                mean(UpdateReport::updateKlK2),
                mean(UpdateReport::updateKlK3),
                mean(UpdateReport::ratioMean),
                mean(UpdateReport::entropy),
                new UpdateReport.ReferenceKl(
                        mean(report -> report.referenceKl().natsPerToken()),
                        mean(report -> report.referenceKl().natsPerSequence())),
                mean(UpdateReport::gradientNorm),
                reports.stream().mapToLong(UpdateReport::tokens).sum(),
                reports.stream()
                        .map(UpdateReport::outcome)
                        .filter(outcome -> outcome != Outcome.TAKEN)
                        .findFirst()
                        .orElse(Outcome.TAKEN));
    }

    private double mean(ToDoubleFunction<UpdateReport> figure) {
        return reports.stream().mapToDouble(figure).average().orElse(Double.NaN);
    }
}
