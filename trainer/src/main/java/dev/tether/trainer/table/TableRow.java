package dev.tether.trainer.table;

import dev.tether.run.InputException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One row of a table, whatever kind of file it stands in.
 *
 * @param cells by the name of their column, in the order of the file
 * @param source the file
 * @param position where in it, such as {@code line 3}; a row of a Parquet file has no line, so there it is {@code row 3}
 */
public record TableRow(ObjectNode cells, String source, String position) {
    /** File and position, for messages. */
    public String place() {
        return source + " " + position;
    }

    /** What to say of this row. */
    public InputException wrong(String sentence) {
        return new InputException(place() + ": " + sentence);
    }

    /** The names of its columns, for messages. */
    public String columns() {
        return cells.isEmpty() ? "no column" : String.join(", ", cells.propertyNames());
    }

    /** The text of {@code column}. */
    public String text(String column) {
        JsonNode cell = cells.path(column);
        if (!cell.isString()) {
            throw wrong("\"" + column + "\" must be a text, found "
                    + (cell.isMissingNode() ? "nothing" : JsonText.excerpt(cell)));
        }
        return cell.stringValue();
    }
}
