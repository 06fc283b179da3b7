package dev.tether.trainer.preference;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A UTF-8 file of JSON objects: one after the other (JSONL), or all in one array. */
public final class JsonRowFile {
    private static final JsonMapper JSON = JsonMapper.shared();

    private JsonRowFile() {}

    /**
     * An object and where it begins.
     *
     * @param place file and line, for messages
     */
    public record Row(JsonNode json, String place) {
        /** What to say of this row. */
        public InputException wrong(String sentence) {
            return new InputException(place + ": " + sentence);
        }

        /** The text under {@code key}. */
        public String text(String key) {
            JsonNode value = json.path(key);
            if (!value.isString()) {
                throw wrong("\"" + key + "\" must be a text, found " + excerpt(value));
            }
            return value.stringValue();
        }
    }

    /**
     * All rows.
     *
     * @param what the file is, for messages, such as "preference file"
     * @throws InputException when it cannot be read, is no JSON, or holds anything but objects
     */
    public static List<Row> read(Path file, String what) {
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                JsonParser parser = JSON.createParser(reader)) {
            return rows(parser, file);
        } catch (JacksonIOException e) {
            throw unreadable(file, what, e.getCause());
        } catch (JacksonException e) {
            throw new InputException(
                    file + " line " + e.getLocation().getLineNr() + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw unreadable(file, what, e);
        }
    }

    private static List<Row> rows(JsonParser parser, Path file) {
        List<Row> rows = new ArrayList<>();
        boolean inArray = false;
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            if (token == JsonToken.START_ARRAY && !inArray && rows.isEmpty()) {
                inArray = true;
            } else if (token == JsonToken.END_ARRAY && inArray) {
                inArray = false;
            } else {
                rows.add(row(parser, file));
            }
        }
        return rows;
    }

    private static Row row(JsonParser parser, Path file) {
        String place = file + " line " + parser.currentTokenLocation().getLineNr();
        JsonNode json = tree(parser, place);
        if (!json.isObject()) {
            throw new InputException(place + " must be a JSON object, found " + excerpt(json));
        }
        return new Row(json, place);
    }

    private static JsonNode tree(JsonParser parser, String place) {
        try {
            return parser.readValueAsTree();
        } catch (JacksonIOException e) {
            throw e;
        } catch (JacksonException e) {
            throw new InputException(place + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static InputException unreadable(Path file, String what, Throwable cause) {
        return cause instanceof CharacterCodingException
                ? new InputException("the " + what + " " + file + " is not UTF-8 text", cause)
                : new InputException(
                        "cannot read the " + what + " " + file + ": " + AtomicFiles.reason((IOException) cause), cause);
    }

    /** The beginning of a value, for messages. */
    static String excerpt(JsonNode value) {
        String text = value.isMissingNode() ? "nothing" : value.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
