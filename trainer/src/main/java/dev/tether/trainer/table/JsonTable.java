package dev.tether.trainer.table;

import dev.tether.run.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code .json} file: an array of objects, an object in which one array of objects stands, or objects one after the other.
 * Read twice: once for its form, once for its rows, so that it is never held as a whole.
 */
final class JsonTable {
    private final Path file;
    private final Consumer<TableRow> rows;

    private JsonTable(Path file, Consumer<TableRow> rows) {
        this.file = file;
        this.rows = rows;
    }

    /**
     * What an object at the outside holds.
     *
     * @param arrays names of its arrays of objects
     * @param isAlone whether nothing follows it
     */
    private record Outside(List<String> arrays, boolean isAlone) {}

    static void read(Path file, String what, Consumer<TableRow> rows) {
        JsonTable table = new JsonTable(file, rows);
        List<Outside> outside = new ArrayList<>();
        TableFile.open(file, what, in -> {
            try (JsonParser parser = JsonText.MAPPER.createParser(in)) {
                table.look(parser, outside);
            }
        });
        TableFile.open(file, what, in -> {
            try (JsonParser parser = JsonText.MAPPER.createParser(in)) {
                table.read(parser, outside);
            }
        });
    }

    /** Adds what the outermost object holds, where the file is no array. */
    private void look(JsonParser parser, List<Outside> outside) {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.START_ARRAY) {
            return;
        }
        if (first != JsonToken.START_OBJECT) {
            throw new InputException(file + ": must be an array of objects, begins with " + parser.getString());
        }
        List<String> arrays = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.START_ARRAY && parser.nextToken() == JsonToken.START_OBJECT) {
                arrays.add(name);
                parser.skipChildren();
                skipRest(parser);
            } else if (parser.currentToken() != JsonToken.END_ARRAY
                    && parser.streamReadContext().inArray()) {
                parser.skipChildren();
                skipRest(parser);
            } else {
                parser.skipChildren();
            }
        }
        outside.add(new Outside(arrays, parser.nextToken() == null));
    }

    /** From an element of an array to its end. */
    private static void skipRest(JsonParser parser) {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            parser.skipChildren();
        }
    }

    private void read(JsonParser parser, List<Outside> outside) {
        if (outside.isEmpty()) {
            if (parser.nextToken() != null) {
                readArray(parser);
                if (parser.nextToken() != null) {
                    throw new InputException(file + " line " + line(parser) + ": nothing may follow the array");
                }
            }
        } else if (outside.get(0).isAlone()) {
            readWithin(parser, outside.get(0).arrays());
        } else {
            while (parser.nextToken() != null) {
                readRow(parser);
            }
        }
    }

    private void readWithin(JsonParser parser, List<String> arrays) {
        if (arrays.size() != 1) {
            throw new InputException(file + ": the object must hold one array of objects, which are the rows; it holds "
                    + (arrays.isEmpty() ? "none" : String.join(", ", arrays)));
        }
        parser.nextToken();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            boolean isTable = parser.currentName().equals(arrays.get(0));
            parser.nextToken();
            if (isTable) {
                readArray(parser);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void readArray(JsonParser parser) {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            readRow(parser);
        }
    }

    private void readRow(JsonParser parser) {
        String position = "line " + line(parser);
        JsonNode json = parser.readValueAsTree();
        if (!(json instanceof ObjectNode object)) {
            throw new InputException(
                    file + " " + position + ": a row must be a JSON object, found " + JsonText.excerpt(json));
        }
        rows.accept(new TableRow(object, file.toString(), position));
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }
}
