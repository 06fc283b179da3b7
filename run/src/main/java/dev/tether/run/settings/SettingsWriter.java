package dev.tether.run.settings;

import dev.tether.run.AtomicFiles;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.io.NumberOutput;

/** Settings to YAML, everything resolved, a line of meaning above each key; read back they are equal. */
public final class SettingsWriter {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*");
    private static final List<String> NOT_TEXT = List.of("null", "true", "false");

    private SettingsWriter() {}

    /** Writes the file whole or not at all. */
    public static void write(RunSettings settings, Path file) {
        AtomicFiles.writeFile(file, yaml(settings));
    }

    public static String yaml(RunSettings settings) {
        StringBuilder out = new StringBuilder();
        section(out, settings, "");
        return out.toString();
    }

    /** {@code sha256:} and 64 hexadecimal digits of every key and value: equal exactly for equal settings. */
    public static String digest(RunSettings settings) {
        String bare = yaml(settings)
                .lines()
                .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
                .collect(Collectors.joining("\n"));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bare.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** Every key with its value as YAML has it, in order: {@code update.epochs} to {@code 4}. */
    public static Map<String, String> values(RunSettings settings) {
        Map<String, String> values = new LinkedHashMap<>();
        collect(values, settings, "");
        return values;
    }

    private static void collect(Map<String, String> values, Object section, String prefix) {
        for (RecordComponent component : section.getClass().getRecordComponents()) {
            String key = prefix + Schema.key(component);
            Object value = Schema.get(component, section);
            if (component.getType().isRecord()) {
                collect(values, value, key + ".");
            } else {
                values.put(key, scalar(value));
            }
        }
    }

    private static void section(StringBuilder out, Object section, String indent) {
        for (RecordComponent component : section.getClass().getRecordComponents()) {
            Object value = Schema.get(component, section);
            boolean isSection = component.getType().isRecord();
            if (isSection) {
                out.append('\n');
            }
            out.append(indent).append("# ").append(Schema.meaning(component)).append('\n');
            out.append(indent).append(Schema.key(component)).append(':');
            if (isSection) {
                out.append('\n');
                section(out, value, indent + "  ");
            } else {
                out.append(' ').append(scalar(value)).append('\n');
            }
        }
    }

    static String scalar(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.map(SettingsWriter::scalar).orElse("null");
        }
        if (value instanceof OptionalDouble optional) {
            return optional.isPresent() ? scalar(optional.getAsDouble()) : "null";
        }
        if (value instanceof Double number) {
            return NumberOutput.toString(number, true).replace(".0E", "e").replace('E', 'e');
        }
        if (value instanceof Enum<?> constant) {
            return Schema.word(constant);
        }
        if (value instanceof String text) {
            return text(text);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(SettingsWriter::scalar).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof Record item) {
            return Arrays.stream(item.getClass().getRecordComponents())
                    .map(component -> Schema.key(component) + ": " + scalar(Schema.get(component, item)))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return value.toString();
    }

    private static String text(String text) {
        if (PLAIN.matcher(text).matches() && !NOT_TEXT.contains(text.toLowerCase(Locale.ROOT))) {
            return text;
        }
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c >= ' ' && c < 127) {
                quoted.append((char) c);
            } else {
                quoted.append(String.format("\\u%04x", c));
            }
        });
        return quoted.append('"').toString();
    }
}
