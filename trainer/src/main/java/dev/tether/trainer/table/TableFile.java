package dev.tether.trainer.table;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.JacksonIOException;

/**
 * Reads the rows of a file, one after the other: {@code .jsonl} (also {@code .ndjson}), {@code .json}, {@code .csv},
 * {@code .tsv}, what a {@link TableFormat} adds, and else text, whose lines are rows of the one column {@value TextLines#COLUMN}.
 * docs/data.md describes each.
 */
public final class TableFile {
    private TableFile() {}

    /** Reads out of an open file. */
    @FunctionalInterface
    interface Content {
        void read(InputStream in) throws IOException;
    }

    /**
     * Hands every row to {@code rows}, in the order of the file.
     *
     * @param what the file is, for messages, such as "prompt file"
     * @throws InputException with file and line where there is one, when the file cannot be read or is not what its name says
     */
    public static void read(Path file, String what, Consumer<TableRow> rows) {
        if (!Files.isRegularFile(file)) {
            throw new InputException("cannot read the " + what + " " + file + ": "
                    + (Files.isDirectory(file) ? "it is a directory" : "no such file"));
        }
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        switch (name.substring(Math.max(0, name.lastIndexOf('.')))) {
            case ".jsonl", ".ndjson" -> open(file, what, in -> JsonLines.read(file, in, rows));
            case ".json" -> JsonTable.read(file, what, rows);
            case ".csv" -> open(file, what, in -> Delimited.read(file, in, ',', rows));
            case ".tsv" -> open(file, what, in -> Delimited.read(file, in, '\t', rows));
            case ".parquet" -> format(file, ".parquet").read(file, rows);
            default -> open(file, what, in -> TextLines.read(file, in, rows));
        }
    }

    /** Opens {@code file} for {@code content} and says what the matter is where that fails. */
    static void open(Path file, String what, Content content) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            content.read(in);
        } catch (JacksonIOException e) {
            throw unreadable(file, what, e.getCause());
        } catch (JacksonException e) {
            throw new InputException(
                    file + " line " + e.getLocation().getLineNr() + " cannot be read: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw unreadable(file, what, e);
        }
    }

    private static InputException unreadable(Path file, String what, IOException cause) {
        return new InputException("cannot read the " + what + " " + file + ": " + AtomicFiles.reason(cause), cause);
    }

    private static TableFormat format(Path file, String ending) {
        return ServiceLoader.load(TableFormat.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(format -> format.ending().equals(ending))
                .findFirst()
                .orElseThrow(
                        () -> new InputException(
                                file
                                        + ": files of this kind are read by the module tether-parquet, which is not on the class path"));
    }
}
