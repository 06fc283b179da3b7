package dev.tether.cli.simulate;

import dev.tether.run.InputException;
import dev.tether.run.foreign.LogRow;
import dev.tether.run.foreign.LogRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * A log of another trainer, as {@link LogRows} reads it. Rows without a
 * finite KL are left out, and where the steps go back (a run that was restarted into the same file) the later rows count.
 */
final class ForeignLog {
    private static final Pattern NEAR = Pattern.compile("kl|beta|coef|step", Pattern.CASE_INSENSITIVE);

    private final Path file;
    private final KlColumns columns;

    ForeignLog(Path file, KlColumns columns) {
        this.file = file;
        this.columns = columns;
    }

    RecordedKl read() {
        List<LogRow> rows = LogRows.read(file);
        String kl = column(rows, columns.kl())
                .orElseThrow(() -> new InputException(file + " has no column " + String.join(", ", columns.kl())
                        + "; name the one that holds the KL with --kl-key. It has: " + known(rows)));
        Optional<String> klCoef = column(rows, columns.klCoef());
        Optional<String> step = column(rows, columns.step());
        requireNamed(columns.namesKlCoef(), klCoef, columns.klCoef(), rows);
        requireNamed(columns.namesStep(), step, columns.step(), rows);
        List<RecordedKl.Row> recorded = new ArrayList<>();
        int without = 0;
        int replaced = 0;
        for (int i = 0; i < rows.size(); i++) {
            LogRow row = rows.get(i);
            OptionalDouble nats = row.number(kl);
            if (nats.isEmpty() || !Double.isFinite(nats.getAsDouble())) {
                without++;
                continue;
            }
            double number = step.map(name -> required(row, name)).orElse(i + 1.0);
            int before = recorded.size();
            recorded.removeIf(earlier -> earlier.step() >= number);
            replaced += before - recorded.size();
            double coefficient =
                    klCoef.map(name -> row.number(name).orElse(Double.NaN)).orElse(Double.NaN);
            recorded.add(new RecordedKl.Row(number, nats.getAsDouble(), Double.POSITIVE_INFINITY, coefficient, 0));
        }
        List<String> notes = new ArrayList<>();
        notes.add("KL from " + kl + klCoef.map(name -> ", beta from " + name).orElse(""));
        note(notes, without, "without a finite " + kl + " left out");
        note(notes, replaced, "replaced by later ones of the same steps (the run was restarted)");
        return new RecordedKl(file.toString(), recorded, notes);
    }

    private static void note(List<String> notes, int rows, String what) {
        if (rows > 0) {
            notes.add(rows + (rows == 1 ? " row " : " rows ") + what);
        }
    }

    private void requireNamed(boolean named, Optional<String> found, List<String> names, List<LogRow> rows) {
        if (named && found.isEmpty()) {
            throw new InputException(file + " has no column " + names.get(0) + ". It has: " + known(rows));
        }
    }

    private static Optional<String> column(List<LogRow> rows, List<String> names) {
        return names.stream()
                .filter(name -> rows.stream().anyMatch(row -> row.cells().containsKey(name)))
                .findFirst();
    }

    private static double required(LogRow row, String name) {
        return row.number(name).orElseThrow(() -> new InputException(row.place() + " has a KL but no " + name));
    }

    /** The names that sound like it, or all of them where none does. */
    private static String known(List<LogRow> rows) {
        List<String> names = rows.stream()
                .flatMap(row -> row.cells().keySet().stream())
                .distinct()
                .toList();
        List<String> near =
                names.stream().filter(name -> NEAR.matcher(name).find()).toList();
        return String.join(", ", near.isEmpty() ? names : near);
    }
}
