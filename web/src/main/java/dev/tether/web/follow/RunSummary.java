package dev.tether.web.follow;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A run in a few figures.
 *
 * @param id of the run, for as long as this server lives
 * @param name to tell it from the others
 * @param directory where it lies
 * @param generation changes when the run was read anew from its beginning
 * @param rows steps that were read
 * @param firstStep of them
 * @param lastStep of them
 * @param plannedSteps of the settings; 0 where unknown
 * @param seed of the settings
 * @param state of the run
 * @param problem why the journal could not be read further
 * @param controller that moves β
 * @param unit of the target
 * @param latest known value of each figure, by its key
 * @param notices how many of each severity
 */
public record RunSummary(
        int id,
        String name,
        String directory,
        int generation,
        int rows,
        long firstStep,
        long lastStep,
        long plannedSteps,
        long seed,
        State state,
        Optional<String> problem,
        Optional<String> controller,
        Optional<String> unit,
        Map<String, Double> latest,
        Map<String, Long> notices) {

    /** Where a run stands. */
    public enum State {
        /** The journal is still being read. */
        READING,
        /** No end yet, and written to a moment ago. */
        RUNNING,
        /** No end yet, and nothing written for minutes: it stands still or was stopped. */
        SILENT,
        COMPLETED,
        DIVERGED,
        UNREADABLE
    }

    static Map<String, Double> latest(Table table) {
        Map<String, Double> latest = new TreeMap<>();
        if (table.size() > 0) {
            for (Figure figure : Figure.values()) {
                double value = table.figure(figure, table.size() - 1);
                if (Double.isFinite(value)) {
                    latest.put(figure.key(), value);
                }
            }
        }
        return latest;
    }

    static Map<String, Long> counts(List<Notice> notices) {
        Map<String, Long> counts = new TreeMap<>();
        notices.forEach(notice -> counts.merge(notice.severity(), 1L, Long::sum));
        return counts;
    }
}
