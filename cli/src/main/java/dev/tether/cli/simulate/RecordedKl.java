package dev.tether.cli.simulate;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.KlType;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The KL that a log tells of, in one unit.
 *
 * @param name of the log
 * @param rows in the order of their steps
 * @param notes on how it was read, for the user
 */
record RecordedKl(String name, List<Row> rows, List<String> notes) {
    /**
     * One step.
     *
     * @param step its number
     * @param nats measured KL; finite
     * @param standardError of {@code nats}; +∞ = unknown
     * @param klCoef β in force; NaN = the log does not say
     * @param episodes sequences of the step; 0 = the log does not say
     */
    record Row(double step, double nats, double standardError, double klCoef, long episodes) {}

    RecordedKl {
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
    }

    double[] steps() {
        return rows.stream().mapToDouble(Row::step).toArray();
    }

    double[] nats() {
        return rows.stream().mapToDouble(Row::nats).toArray();
    }

    double[] klCoefs() {
        return rows.stream().mapToDouble(Row::klCoef).toArray();
    }

    boolean tellsKlCoefs() {
        return rows.stream().noneMatch(row -> Double.isNaN(row.klCoef()));
    }

    /** The same with β where the log does not say. */
    RecordedKl with(double klCoef) {
        return new RecordedKl(
                name,
                rows.stream()
                        .map(row -> new Row(
                                row.step(),
                                row.nats(),
                                row.standardError(),
                                Double.isNaN(row.klCoef()) ? klCoef : row.klCoef(),
                                row.episodes()))
                        .toList(),
                notes);
    }

    /** The middle one of the readings' errors, as shares of the readings; empty where the log knows none. */
    OptionalDouble relativeError() {
        double[] shares = rows.stream()
                .filter(row -> row.nats() > 0 && Double.isFinite(row.standardError()))
                .mapToDouble(row -> row.standardError() / row.nats())
                .sorted()
                .toArray();
        return shares.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(shares[shares.length / 2]);
    }

    /** Sequences per step, the mean; empty where the log does not say. */
    OptionalDouble episodes() {
        return rows.stream().mapToLong(Row::episodes).filter(n -> n > 0).average();
    }

    /** The readings as a controller is shown them: one number, which stands for both units. */
    List<KlSummary> readings() {
        return rows.stream()
                .map(row -> {
                    long episodes = Math.max(1, row.episodes());
                    double error = row.standardError();
                    return new KlSummary(
                            KlType.reference(KlEstimator.K1),
                            row.nats(),
                            error,
                            row.nats(),
                            error,
                            row.nats(),
                            episodes,
                            episodes);
                })
                .toList();
    }

    double lastThirdMean() {
        double[] nats = nats();
        return Arrays.stream(nats, nats.length - Math.max(1, nats.length / 3), nats.length)
                .average()
                .orElseThrow();
    }
}
