package dev.tether.trainer.table;

import dev.tether.run.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import tools.jackson.databind.node.ObjectNode;

/**
 * Cells between separators (RFC 4180: in double quotes a cell may hold separators and line ends, and a doubled quote is one).
 * The first line names the columns; every cell is text.
 */
final class Delimited {
    private Delimited() {}

    static void read(Path file, InputStream in, char separator, Consumer<TableRow> rows) throws IOException {
        TextReader text = new TextReader(new ByteLines(file, in));
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(separator)
                .setIgnoreEmptyLines(true)
                .get();
        try (CSVParser parser =
                CSVParser.builder().setReader(text).setFormat(format).get()) {
            Iterator<CSVRecord> records = parser.iterator();
            long line = 1;
            String[] names = null;
            while (records.hasNext()) {
                CSVRecord cells = records.next();
                text.rowEnded();
                if (names == null) {
                    names = names(file, cells);
                } else {
                    String position = "line " + line;
                    rows.accept(new TableRow(row(names, cells, file, position), file.toString(), position));
                }
                line = parser.getCurrentLineNumber() + 1;
            }
        } catch (UncheckedIOException e) {
            throw new InputException(
                    file + " is not delimited text: " + e.getCause().getMessage(), e);
        }
    }

    private static String[] names(Path file, CSVRecord header) {
        String[] names = new String[header.size()];
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < names.length; i++) {
            names[i] = header.get(i).strip();
            if (!seen.add(names[i])) {
                throw new InputException(file + " line 1: two columns are called \"" + names[i] + "\"");
            }
        }
        return names;
    }

    private static ObjectNode row(String[] names, CSVRecord cells, Path file, String position) {
        if (cells.size() != names.length) {
            throw new InputException(file + " " + position + " has " + cells.size() + " cells, the header has "
                    + names.length + " columns (" + String.join(", ", names) + ")");
        }
        ObjectNode row = JsonText.MAPPER.createObjectNode();
        for (int i = 0; i < names.length; i++) {
            row.put(names[i], cells.get(i));
        }
        return row;
    }
}
