package dev.tether.trainer.table;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Plain text: every line that is not blank is a row, without the white space at its ends. */
final class TextLines {
    /** The one column. */
    static final String COLUMN = "text";

    private TextLines() {}

    static void read(Path file, InputStream in, Consumer<TableRow> rows) throws IOException {
        ByteLines lines = new ByteLines(file, in);
        for (String line = lines.nextText(); line != null; line = lines.nextText()) {
            String text = line.strip();
            if (!text.isEmpty()) {
                rows.accept(new TableRow(
                        JsonText.MAPPER.createObjectNode().put(COLUMN, text), file.toString(), lines.position()));
            }
        }
    }
}
