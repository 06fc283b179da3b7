package dev.tether.run.foreign;

import dev.tether.run.InputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;

/**
 * One row of another trainer's log, whatever its form.
 *
 * @param place for messages, such as {@code run.csv line 3}
 * @param cells by name, as text; an empty cell holds nothing
 */
public record LogRow(String place, Map<String, String> cells) {
    static LogRow of(String place, JsonNode row) {
        Map<String, String> cells = new LinkedHashMap<>();
        flatten("", row, cells);
        return new LogRow(place, cells);
    }

    /** {"a": {"b": 1}} is found as a.b. */
    private static void flatten(String prefix, JsonNode row, Map<String, String> cells) {
        row.properties().forEach(property -> {
            String name = prefix + property.getKey();
            JsonNode value = property.getValue();
            if (value.isObject()) {
                flatten(name + ".", value, cells);
            } else if (!value.isArray() && !value.isNull()) {
                cells.put(name, text(value));
            }
        });
    }

    private static String text(JsonNode value) {
        if (value.isNumber()) {
            return Double.toString(value.doubleValue());
        }
        return value.isString() ? value.stringValue() : value.toString();
    }

    static LogRow of(String place, List<String> header, List<String> values) {
        if (values.size() != header.size()) {
            throw new InputException(
                    place + " has " + values.size() + " columns, the header " + header.size() + ": is it whole?");
        }
        Map<String, String> cells = new LinkedHashMap<>();
        for (int i = 0; i < header.size(); i++) {
            cells.put(header.get(i), values.get(i));
        }
        return new LogRow(place, cells);
    }

    /** The number under that name; empty where there is none. NaN and infinities are numbers. */
    public OptionalDouble number(String name) {
        String text = cells.getOrDefault(name, "").strip();
        if (text.isEmpty()) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw new InputException(place + ": " + name + " = " + text + ", must be a number", e);
        }
    }

    /** Cells of a line of a CSV file; quotes may hold separators, and doubled quotes stand for one. */
    public static List<String> split(String line, char separator) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char sign = line.charAt(i);
            if (sign == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append(sign);
                i++;
            } else if (sign == '"') {
                quoted = !quoted;
            } else if (sign == separator && !quoted) {
                cells.add(cell.toString().strip());
                cell.setLength(0);
            } else {
                cell.append(sign);
            }
        }
        cells.add(cell.toString().strip());
        return cells;
    }
}
