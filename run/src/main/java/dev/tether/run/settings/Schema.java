package dev.tether.run.settings;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The records as keys: component names in snake case, enum constants as words. */
final class Schema {
    private Schema() {}

    static String key(RecordComponent component) {
        return component.getName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    static List<String> keys(Class<?> section) {
        return Arrays.stream(section.getRecordComponents()).map(Schema::key).toList();
    }

    /** Every key below {@code section}, sections and values, in order. */
    static List<String> paths(Class<?> section, String prefix) {
        List<String> paths = new ArrayList<>();
        for (RecordComponent component : section.getRecordComponents()) {
            String path = prefix + key(component);
            paths.add(path);
            if (component.getType().isRecord()) {
                paths.addAll(paths(component.getType(), path + "."));
            }
        }
        return paths;
    }

    static String meaning(RecordComponent component) {
        return component.getAnnotation(Meaning.class).value();
    }

    /** A unit of KL is written without "nats per": the key that names it says so. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replaceFirst("^nats_per_", "");
    }

    static String words(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> word((Enum<?>) constant))
                .collect(Collectors.joining(", "));
    }

    /** The T of an {@code Optional<T>}, or empty for another type. */
    static Optional<ParameterizedType> optionalOf(RecordComponent component) {
        return component.getType() == Optional.class
                ? Optional.of((ParameterizedType) component.getGenericType())
                : Optional.empty();
    }

    /** The T of a {@code List<T>}. */
    static Class<?> itemType(RecordComponent component) {
        return (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
    }

    /** An item of a list, as a message shows it: {@code {step: ..., kl_coef: ...}}. */
    static String example(Class<?> item) {
        return keys(item).stream().map(key -> key + ": ...").collect(Collectors.joining(", ", "{", "}"));
    }

    static Object get(RecordComponent component, Object section) {
        try {
            return component.getAccessor().invoke(section);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new AssertionError(component + " cannot be read", e);
        }
    }

    /** A new section; {@link IllegalArgumentException} from its own laws passes through. */
    static <R> R make(Class<R> section, Object[] values) {
        Class<?>[] types = Arrays.stream(section.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return section.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException broken) {
                throw broken;
            }
            throw new AssertionError(section + " cannot be made", e);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(section + " cannot be made", e);
        }
    }
}
