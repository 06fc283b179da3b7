package dev.tether.trainer.table;

import dev.tether.run.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One JSON object per line; blank lines are skipped. */
final class JsonLines {
    private JsonLines() {}

    static void read(Path file, InputStream in, Consumer<TableRow> rows) throws IOException {
        ByteLines lines = new ByteLines(file, in);
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            if (!isBlank(line)) {
                rows.accept(new TableRow(object(line, lines), file.toString(), lines.position()));
            }
        }
    }

    private static ObjectNode object(byte[] line, ByteLines lines) {
        JsonNode json;
        try {
            json = JsonText.MAPPER.readTree(line);
        } catch (JacksonException e) {
            throw new InputException(lines.place() + " is not JSON: " + e.getOriginalMessage(), e);
        }
        if (json instanceof ObjectNode object) {
            return object;
        }
        throw new InputException(lines.place()
                + " must be a JSON object such as {\"prompt\": \"Once upon a time\"}, found " + JsonText.excerpt(json));
    }

    private static boolean isBlank(byte[] line) {
        for (byte each : line) {
            if (each != ' ' && each != '\t' && each != '\r') {
                return false;
            }
        }
        return true;
    }
}
