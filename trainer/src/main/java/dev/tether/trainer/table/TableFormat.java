package dev.tether.trainer.table;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A kind of table that needs a library of its own to be read. Found by {@link java.util.ServiceLoader}, so that who does
 * not read such files need not have the library.
 */
public interface TableFormat {
    /** How the names of such files end, in lower case and with the dot. */
    String ending();

    /**
     * Hands every row to {@code rows}, in the order of the file and without holding all of them.
     *
     * @throws dev.tether.run.InputException when the file cannot be read as such a table
     */
    void read(Path file, Consumer<TableRow> rows);
}
