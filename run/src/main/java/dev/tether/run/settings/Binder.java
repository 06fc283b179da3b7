package dev.tether.run.settings;

import dev.tether.run.InputException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;

/** Lays a tree of nodes over given settings; every refusal names the place, the value found and the law. */
final class Binder {
    private static final Pattern NUMBER_LIKE_TEXT =
            Pattern.compile("[-+]?\\.\\d+([eE][-+]?\\d+)?|\\+\\d+\\.?\\d*([eE][-+]?\\d+)?");

    private final Node.Mapping root;

    Binder(Node.Mapping root) {
        this.root = root;
    }

    RunSettings bind(RunSettings base) {
        return section(RunSettings.class, base, root, "");
    }

    private <R> R section(Class<R> type, Object base, Node.Mapping mapping, String prefix) {
        List<String> known = Schema.keys(type);
        mapping.values().keySet().stream()
                .filter(key -> !known.contains(key))
                .findFirst()
                .ifPresent(key -> {
                    throw new InputException(mapping.keyPlaces().get(key) + ": unknown key " + prefix + key + "; "
                            + Suggestion.forKey(prefix, key));
                });
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Object before = base == null ? null : Schema.get(components[i], base);
            Node node = mapping.values().get(known.get(i));
            values[i] = node == null ? before : value(components[i], before, node, prefix + known.get(i));
        }
        try {
            return Schema.make(type, values);
        } catch (IllegalArgumentException e) {
            throw new InputException(placeOf(e.getMessage(), mapping.place()) + ": " + e.getMessage(), e);
        }
    }

    private Object value(RecordComponent component, Object before, Node node, String path) {
        Class<?> type = component.getType();
        if (type.isRecord()) {
            return isNothing(node) ? before : section(type, before, sectionNode(node, path), path + ".");
        }
        if (type == List.class) {
            if (isNothing(node)) {
                return List.of();
            }
            Class<?> item = Schema.itemType(component);
            return item == String.class ? texts(node, path) : rows(item, node, path);
        }
        if (type == OptionalDouble.class) {
            return isNothing(node) ? OptionalDouble.empty() : OptionalDouble.of(fraction(node, path));
        }
        Optional<ParameterizedType> optional = Schema.optionalOf(component);
        if (optional.isPresent()) {
            Type inner = optional.get().getActualTypeArguments()[0];
            return isNothing(node)
                    ? Optional.empty()
                    : Optional.of(inner == String.class ? text(node, path) : wholeNumbers(node, path));
        }
        return plain(type, node, path);
    }

    private <R> List<R> rows(Class<R> type, Node node, String path) {
        String law = "a list such as [" + Schema.example(type) + "]";
        if (!(node instanceof Node.Sequence sequence)) {
            throw refusal(node, path, law);
        }
        List<R> rows = new ArrayList<>();
        for (Node item : sequence.items()) {
            if (!(item instanceof Node.Mapping mapping)) {
                throw refusal(item, path, law);
            }
            if (!mapping.values().keySet().equals(Set.copyOf(Schema.keys(type)))) {
                throw new InputException(item.place() + ": " + path + " has an item with the keys "
                        + mapping.values().keySet() + ", must be " + law);
            }
            rows.add(section(type, null, mapping, path + "."));
        }
        return rows;
    }

    /** A list of texts, or one text with commas between them. */
    private static List<String> texts(Node node, String path) {
        return node instanceof Node.Sequence sequence
                ? sequence.items().stream().map(item -> text(item, path)).toList()
                : Arrays.stream(text(node, path).split(",")).map(String::strip).toList();
    }

    private Object plain(Class<?> type, Node node, String path) {
        if (type == int.class) {
            return (int) whole(node, path, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (type == long.class) {
            return whole(node, path, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == double.class) {
            return fraction(node, path);
        }
        if (type == String.class) {
            return text(node, path);
        }
        if (type.isEnum()) {
            return constant(type, node, path);
        }
        throw new AssertionError(path + " has a type that settings do not know: " + type);
    }

    private static Node.Mapping sectionNode(Node node, String path) {
        if (node instanceof Node.Mapping mapping) {
            return mapping;
        }
        throw refusal(node, path, "a section with keys of its own");
    }

    private static long whole(Node node, String path, long least, long most) {
        if (node instanceof Node.Scalar scalar && scalar.kind() == Node.Kind.WHOLE) {
            try {
                long value = Long.parseLong(scalar.text().strip());
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException tooLong) {
                // falls through to the sentence about the range
            }
            throw refusal(node, path, "a whole number between " + least + " and " + most);
        }
        throw refusal(node, path, "a whole number");
    }

    private static double fraction(Node node, String path) {
        if (node instanceof Node.Scalar scalar && isNumber(scalar)) {
            try {
                double value = Double.parseDouble(scalar.text().strip());
                if (Double.isFinite(value)) {
                    return value;
                }
            } catch (NumberFormatException notANumber) {
                // .nan and .inf are numbers in YAML, not here
            }
            throw refusal(node, path, "a finite number");
        }
        throw refusal(node, path, "a number");
    }

    /** YAML 1.2 calls {@code .5} and {@code +5} texts; nobody means a text by them. */
    private static boolean isNumber(Node.Scalar scalar) {
        return scalar.kind() == Node.Kind.WHOLE
                || scalar.kind() == Node.Kind.FRACTION
                || NUMBER_LIKE_TEXT.matcher(scalar.text()).matches();
    }

    private static String text(Node node, String path) {
        if (node instanceof Node.Scalar scalar) {
            boolean fromCommandLine = scalar.place().startsWith(SettingsReader.OVERRIDE);
            if (scalar.kind() == Node.Kind.TEXT || (fromCommandLine && scalar.kind() != Node.Kind.NOTHING)) {
                return scalar.text();
            }
            if (scalar.kind() != Node.Kind.NOTHING) {
                throw refusal(node, path, "a text; put it in quotes");
            }
        }
        throw refusal(node, path, "a text");
    }

    private static Object constant(Class<?> type, Node node, String path) {
        if (node instanceof Node.Scalar scalar) {
            for (Object constant : type.getEnumConstants()) {
                if (Schema.word((Enum<?>) constant).equals(scalar.text())) {
                    return constant;
                }
            }
        }
        throw refusal(node, path, "one of " + Schema.words(type));
    }

    private static List<Integer> wholeNumbers(Node node, String path) {
        if (!(node instanceof Node.Sequence sequence)) {
            throw refusal(node, path, "a list of whole numbers such as [2, 3]");
        }
        List<Integer> numbers = new ArrayList<>();
        for (Node item : sequence.items()) {
            numbers.add((int) whole(item, path, Integer.MIN_VALUE, Integer.MAX_VALUE));
        }
        return numbers;
    }

    private static boolean isNothing(Node node) {
        return node instanceof Node.Scalar scalar && scalar.kind() == Node.Kind.NOTHING;
    }

    private static InputException refusal(Node node, String path, String law) {
        return new InputException(node.place() + ": " + path + " = " + node.shown() + ", must be " + law);
    }

    /** Where the setting stands that a law's message begins with, or the whole text where it was not given. */
    private String placeOf(String message, String otherwise) {
        Node node = root;
        for (String key : message.split(" = ", 2)[0].split("\\.")) {
            if (!(node instanceof Node.Mapping mapping) || !mapping.values().containsKey(key)) {
                return otherwise;
            }
            node = mapping.values().get(key);
        }
        return node.place();
    }
}
