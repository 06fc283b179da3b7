package dev.tether.web.ingest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * One JSON object of a post, read key by key: every refusal names the key, what was found and what it must be. NaN and
 * Infinity, which other trainers' writers produce, are read, so that the laws of the figures can say where they stand.
 */
final class JsonLine implements AutoCloseable {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();
    private static final int FIRST = 256;

    private final JsonParser json;
    private final int most;
    private String key = "";

    /** Takes the value of a key that was read. */
    @FunctionalInterface
    interface Keys {
        void take(String key);
    }

    private JsonLine(byte[] line, int most) {
        this.json = FACTORY.createParser(ObjectReadContext.empty(), line, 0, line.length);
        this.most = most;
    }

    /** Of that line; its arrays may have {@code most} entries. */
    static JsonLine of(byte[] line, int most) {
        return new JsonLine(line, most);
    }

    /**
     * Reads the object; {@code keys} is called for each, and takes its value with one of the methods below.
     *
     * @throws IllegalArgumentException where it is no such object
     */
    void object(Set<String> known, Keys keys) {
        try {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("must be a JSON object");
            }
            members(known, keys);
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("something stands behind the JSON object");
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON: " + firstLine(e), e);
        }
    }

    /** The value of the key is an object of its own. */
    void inner(Set<String> known, Keys keys) {
        require(json.nextToken() == JsonToken.START_OBJECT, "an object");
        members(known, keys);
    }

    private void members(Set<String> known, Keys keys) {
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            key = name;
            if (!known.isEmpty() && !known.contains(name)) {
                throw new IllegalArgumentException(
                        "unknown key \"" + name + "\", must be one of " + String.join(", ", known));
            }
            keys.take(name);
        }
    }

    double number() {
        require(json.nextToken().isNumeric(), "a number");
        return json.getDoubleValue();
    }

    long whole() {
        require(
                json.nextToken() == JsonToken.VALUE_NUMBER_INT
                        && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER,
                "a whole number");
        return json.getLongValue();
    }

    String text() {
        require(json.nextToken() == JsonToken.VALUE_STRING, "a text");
        return json.getString();
    }

    boolean truth() {
        JsonToken token = json.nextToken();
        require(token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE, "true or false");
        return token == JsonToken.VALUE_TRUE;
    }

    /** Any value, as the text of its JSON. */
    String json() {
        StringBuilder text = new StringBuilder();
        copy(json.nextToken(), text);
        return text.toString();
    }

    private void copy(JsonToken token, StringBuilder text) {
        if (token == JsonToken.START_ARRAY) {
            text.append('[');
            for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
                text.append(text.charAt(text.length() - 1) == '[' ? "" : ", ");
                copy(item, text);
            }
            text.append(']');
        } else if (token == JsonToken.START_OBJECT) {
            text.append('{');
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                text.append(text.charAt(text.length() - 1) == '{' ? "" : ", ");
                text.append(name).append(": ");
                copy(json.nextToken(), text);
            }
            text.append('}');
        } else {
            text.append(json.getString());
        }
    }

    double[] numbers() {
        require(json.nextToken() == JsonToken.START_ARRAY, "a list of numbers");
        double[] values = new double[FIRST];
        int size = 0;
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            require(size, token.isNumeric(), "a number");
            values = size < values.length ? values : Arrays.copyOf(values, 2 * size);
            values[size++] = json.getDoubleValue();
            requireRoom(size);
        }
        return Arrays.copyOf(values, size);
    }

    int[] ids() {
        require(json.nextToken() == JsonToken.START_ARRAY, "a list of whole numbers");
        int[] values = new int[FIRST];
        int size = 0;
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            require(
                    size,
                    token == JsonToken.VALUE_NUMBER_INT && json.getNumberType() == JsonParser.NumberType.INT,
                    "a whole number of 32 bits");
            values = size < values.length ? values : Arrays.copyOf(values, 2 * size);
            values[size++] = json.getIntValue();
            requireRoom(size);
        }
        return Arrays.copyOf(values, size);
    }

    /** 1 and 0, or true and false. */
    boolean[] mask() {
        require(json.nextToken() == JsonToken.START_ARRAY, "a list of 0 and 1");
        boolean[] values = new boolean[FIRST];
        int size = 0;
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            boolean isWord = token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE;
            double bit = isWord || !token.isNumeric() ? Double.NaN : json.getDoubleValue();
            require(size, isWord || bit == 0 || bit == 1, "0 or 1");
            values = size < values.length ? values : Arrays.copyOf(values, 2 * size);
            values[size++] = token == JsonToken.VALUE_TRUE || bit == 1;
            requireRoom(size);
        }
        return Arrays.copyOf(values, size);
    }

    List<String> texts() {
        require(json.nextToken() == JsonToken.START_ARRAY, "a list of texts");
        List<String> values = new ArrayList<>();
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            require(values.size(), token == JsonToken.VALUE_STRING, "a text");
            values.add(json.getString());
            requireRoom(values.size());
        }
        return values;
    }

    private void requireRoom(int size) {
        if (size > most) {
            throw new RefusedPostException(
                    RefusedPostException.TOO_LARGE, 0, key + " has more than " + most + " entries, the limit");
        }
    }

    private void require(boolean holds, String law) {
        if (!holds) {
            throw new IllegalArgumentException(key + " = " + shown() + ", must be " + law);
        }
    }

    private void require(int index, boolean holds, String law) {
        if (!holds) {
            throw new IllegalArgumentException(key + "[" + index + "] = " + shown() + ", must be " + law);
        }
    }

    private String shown() {
        JsonToken token = json.currentToken();
        String text =
                token == JsonToken.START_ARRAY ? "[...]" : token == JsonToken.START_OBJECT ? "{...}" : json.getString();
        String brief = text.length() > 40 ? text.substring(0, 40) + "..." : text;
        return token == JsonToken.VALUE_STRING ? "\"" + brief + "\"" : brief;
    }

    private static String firstLine(JacksonException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("it cannot be read");
    }

    @Override
    public void close() {
        json.close();
    }
}
