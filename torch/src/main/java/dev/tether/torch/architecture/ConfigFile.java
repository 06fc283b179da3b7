package dev.tether.torch.architecture;

import dev.tether.run.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON object in a file, read key by key; every complaint names the file, the key and the value. */
public final class ConfigFile {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private final String parents;
    private final JsonNode root;

    private ConfigFile(Path file, String parents, JsonNode root) {
        this.file = file;
        this.parents = parents;
        this.root = root;
    }

    /** @throws InputException when the file is missing or holds no JSON object */
    public static ConfigFile read(Path file) {
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            if (!root.isObject()) {
                throw new InputException(file + ": holds " + describe(root) + ", must be a JSON object");
            }
            return new ConfigFile(file, "", root);
        } catch (NoSuchFileException e) {
            throw new InputException(file + ": there is no such file");
        } catch (JacksonException e) {
            throw new InputException(file + ": is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new InputException(file + ": cannot be read: " + e.getMessage());
        }
    }

    public Path file() {
        return file;
    }

    /** Whether the key is there with a value other than null. */
    public boolean has(String key) {
        return root.hasNonNull(key);
    }

    /** Whether the key is there with the value null. */
    public boolean isNull(String key) {
        return root.path(key).isNull();
    }

    /** Whether the key is there with a value that says something: not null, false, 0, nor an empty text, list or object. */
    public boolean isSet(String key) {
        JsonNode value = root.path(key);
        boolean nothing = value.isMissingNode()
                || value.isNull()
                || (value.isBoolean() && !value.booleanValue())
                || (value.isNumber() && value.doubleValue() == 0)
                || (value.isString() && value.stringValue().isEmpty())
                || (value.isContainer() && value.isEmpty());
        return !nothing;
    }

    /** Whether the key is there with a text. */
    public boolean isText(String key) {
        return root.path(key).isString();
    }

    /** The JSON object under {@code key}, if it is there. */
    public Optional<ConfigFile> object(String key) {
        JsonNode value = root.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isObject()) {
            throw wrong(key, "must be an object");
        }
        return Optional.of(new ConfigFile(file, parents + key + ".", value));
    }

    public Optional<String> text(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        if (!root.path(key).isString()) {
            throw wrong(key, "must be a text");
        }
        return Optional.of(root.path(key).stringValue());
    }

    /** A list of texts; empty where the key is missing. */
    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        if (has(key)) {
            for (JsonNode item : root.path(key)) {
                texts.add(item.asString());
            }
        }
        return texts;
    }

    /** One whole number or a list of them; empty where the key is missing. */
    public int[] integers(String key) {
        if (!has(key)) {
            return new int[0];
        }
        JsonNode value = root.path(key);
        List<JsonNode> items = new ArrayList<>();
        if (value.isArray()) {
            value.forEach(items::add);
        } else {
            items.add(value);
        }
        if (!items.stream().allMatch(item -> item.isIntegralNumber() && item.canConvertToInt())) {
            throw wrong(key, "must be a whole number or a list of them");
        }
        return items.stream().mapToInt(JsonNode::intValue).toArray();
    }

    public int positiveInteger(String key) {
        if (!has(key)) {
            throw missing(key, "a positive whole number");
        }
        JsonNode value = root.path(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw wrong(key, "must be a positive whole number");
        }
        return value.intValue();
    }

    public int positiveInteger(String key, int otherwise) {
        return has(key) ? positiveInteger(key) : otherwise;
    }

    public int nonNegativeInteger(String key, int otherwise) {
        JsonNode value = root.path(key);
        if (has(key) && (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0)) {
            throw wrong(key, "must be a whole number >= 0");
        }
        return has(key) ? value.intValue() : otherwise;
    }

    public double positiveNumber(String key) {
        if (!has(key)) {
            throw missing(key, "a positive number");
        }
        JsonNode value = root.path(key);
        if (!value.isNumber() || !(value.doubleValue() > 0) || Double.isInfinite(value.doubleValue())) {
            throw wrong(key, "must be a positive number");
        }
        return value.doubleValue();
    }

    public double positiveNumber(String key, double otherwise) {
        return has(key) ? positiveNumber(key) : otherwise;
    }

    public boolean flag(String key, boolean otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        if (!root.path(key).isBoolean()) {
            throw wrong(key, "must be true or false");
        }
        return root.path(key).booleanValue();
    }

    /** The complaint that the value of {@code key} breaks {@code law}. */
    public InputException wrong(String key, String law) {
        return new InputException(file + ": " + parents + key + " = " + describe(root.path(key)) + ", " + law);
    }

    /** The complaint that {@code key} is not there. */
    InputException missing(String key, String what) {
        return new InputException(file + ": " + parents + key + " is missing, must be " + what);
    }

    private static String describe(JsonNode node) {
        String text = node.toString();
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }
}
