package dev.tether.trainer.jinja;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The values of a template: null (none), {@link #UNDEFINED}, Boolean, Long, String, List, Map and {@link Namespace}.
 * Nothing else exists, so nothing else can be reached.
 */
final class Values {
    /** What a name stands for that was never set: empty as text, false as a condition. */
    static final Object UNDEFINED = new Object();

    /** Values of names that a loop's body can change. */
    record Namespace(Map<String, Object> values) {}

    private Values() {}

    static boolean isTrue(Object value) {
        if (value == null || value == UNDEFINED) {
            return false;
        }
        if (value instanceof Boolean truth) {
            return truth;
        }
        if (value instanceof Long number) {
            return number != 0;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        return !(value instanceof Collection<?> list) || !list.isEmpty();
    }

    static boolean equal(Object one, Object other) {
        return Objects.equals(number(one), number(other));
    }

    private static Object number(Object value) {
        return value instanceof Boolean truth ? Long.valueOf(truth ? 1 : 0) : value;
    }

    /** As Python prints it. */
    static String text(Object value) {
        if (value == UNDEFINED) {
            return "";
        }
        if (value == null) {
            return "None";
        }
        if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        }
        if (value instanceof String || value instanceof Long) {
            return value.toString();
        }
        throw new TemplateException(kind(value) + " has no text of its own: use tojson");
    }

    /** As {@code json.dumps} writes it, without escapes for letters beyond ASCII. */
    static String json(Object value) {
        StringBuilder out = new StringBuilder();
        json(value, out);
        return out.toString();
    }

    private static void json(Object value, StringBuilder out) {
        if (value == null) {
            out.append("null");
        } else if (value instanceof Boolean || value instanceof Long) {
            out.append(value);
        } else if (value instanceof String text) {
            quote(text, out);
        } else if (value instanceof List<?> list) {
            out.append('[');
            for (Iterator<?> items = list.iterator(); items.hasNext(); ) {
                json(items.next(), out);
                out.append(items.hasNext() ? ", " : "");
            }
            out.append(']');
        } else if (value instanceof Map<?, ?> map) {
            out.append('{');
            for (var entries = map.entrySet().iterator(); entries.hasNext(); ) {
                var entry = entries.next();
                quote(entry.getKey().toString(), out);
                out.append(": ");
                json(entry.getValue(), out);
                out.append(entries.hasNext() ? ", " : "");
            }
            out.append('}');
        } else {
            throw new TemplateException(kind(value) + " cannot be written as JSON");
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> out.append(c < 0x20 ? String.format("\\u%04x", c) : String.valueOf((char) c));
            }
        });
        out.append('"');
    }

    /** What a message calls the value. */
    static String kind(Object value) {
        if (value == UNDEFINED) {
            return "something undefined";
        }
        if (value == null) {
            return "none";
        }
        return value instanceof String
                ? "a text"
                : value instanceof Long
                        ? "a number"
                        : value instanceof Boolean ? "a truth value" : value instanceof List ? "a list" : "a map";
    }
}
