package dev.tether.run.foreign;

import dev.tether.core.monitor.Figure;
import dev.tether.core.monitor.ObservedStep;
import dev.tether.run.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** The runs in another trainer's log, as the figures that the checks look at. */
public final class ForeignRuns {
    private final Path file;
    private final FigureColumns columns;

    private ForeignRuns(Path file, FigureColumns columns) {
        this.file = file;
        this.columns = columns;
    }

    /**
     * All runs of the file: where the number of the step does not rise, a new one begins. An empty cell is unknown; NaN and
     * infinities were told, but are no numbers.
     *
     * @throws InputException where the file cannot be read, or lacks a column that was mapped
     */
    public static List<List<ObservedStep>> read(Path file, FigureColumns columns) {
        return new ForeignRuns(file, columns).runs(LogRows.read(file));
    }

    private List<List<ObservedStep>> runs(List<LogRow> rows) {
        requireColumns(rows);
        List<List<ObservedStep>> runs = new ArrayList<>();
        List<ObservedStep> run = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            ObservedStep step = step(rows.get(i), i);
            if (!run.isEmpty() && step.step() <= run.get(run.size() - 1).step()) {
                runs.add(run);
                run = new ArrayList<>();
            }
            run.add(step);
        }
        runs.add(run);
        return runs;
    }

    private ObservedStep step(LogRow row, int index) {
        Map<Figure, Double> told = new EnumMap<>(Figure.class);
        columns.columns().forEach((figure, name) -> row.number(name).ifPresent(value -> told.put(figure, value)));
        long number = columns.step().map(name -> number(row, name)).orElse(index + 1L);
        return new ObservedStep(number, told);
    }

    private static long number(LogRow row, String name) {
        OptionalDouble step = row.number(name);
        if (step.isEmpty() || step.getAsDouble() != Math.rint(step.getAsDouble())) {
            throw new InputException(row.place() + ": " + name + " = "
                    + row.cells().getOrDefault(name, "") + ", must be a whole number");
        }
        return (long) step.getAsDouble();
    }

    private void requireColumns(List<LogRow> rows) {
        Set<String> known = new LinkedHashSet<>();
        rows.forEach(row -> known.addAll(row.cells().keySet()));
        List<String> wanted = new ArrayList<>(columns.columns().values());
        columns.step().ifPresent(wanted::add);
        for (String name : wanted) {
            if (!known.contains(name)) {
                throw new InputException(file + " has no column " + name + ". It has: " + String.join(", ", known));
            }
        }
    }
}
