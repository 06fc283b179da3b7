package dev.tether.trainer.algorithm;

import dev.tether.core.advantage.Advantages;
import dev.tether.trainer.model.UpdateReport;
import java.util.List;

/**
 * What one PPO update did.
 *
 * @param advantages before scaling, and the returns
 * @param reports one per optimiser step, in order
 * @param stoppedEarly true when the update KL passed its limit and later minibatches were skipped
 */
public record PpoUpdate(Advantages advantages, List<UpdateReport> reports, boolean stoppedEarly) {
    public PpoUpdate {
        reports = List.copyOf(reports);
    }

    /** The mean of the reports, each optimiser step counting once. */
    public UpdateReport mean() {
        return new UpdateReport(
                mean(UpdateReport::policyLoss),
                mean(UpdateReport::valueLoss),
                mean(UpdateReport::totalLoss),
                mean(UpdateReport::clipFraction),
                mean(UpdateReport::valueClipFraction),
                mean(UpdateReport::updateKlK1),
                mean(UpdateReport::updateKlK2),
                mean(UpdateReport::updateKlK3),
                mean(UpdateReport::ratioMean),
                mean(UpdateReport::entropy),
                mean(UpdateReport::gradientNorm),
                reports.stream().mapToLong(UpdateReport::tokens).sum());
    }

    private double mean(java.util.function.ToDoubleFunction<UpdateReport> figure) {
        return reports.stream().mapToDouble(figure).average().orElse(Double.NaN);
    }
}
