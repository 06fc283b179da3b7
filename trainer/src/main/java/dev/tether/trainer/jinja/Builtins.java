package dev.tether.trainer.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The filters, methods and tests that templates of chats use. Any other is refused by its name. */
final class Builtins {
    private Builtins() {}

    /** @param arguments what stands in parentheses after the name */
    static Object filter(String name, Object value, List<Object> arguments) {
        return switch (name) {
            case "trim" -> StringMethods.call("strip", text(value, name), arguments);
            case "upper", "lower", "title", "capitalize", "replace" ->
                StringMethods.call(name, text(value, name), arguments);
            case "length", "count" -> size(value);
            case "string" -> Values.text(value);
            case "safe" -> value;
            case "int" -> integer(value);
            case "tojson" -> Values.json(value);
            case "default", "d" -> otherwise(value, arguments);
            case "first", "last" -> end(name, value);
            case "list" -> items(value);
            case "reverse" -> reversed(value);
            case "join" -> join(value, arguments);
            case "items" -> method(value, "items", arguments);
            default -> throw new TemplateException("the filter " + name + " is not supported");
        };
    }

    private static String text(Object value, String name) {
        if (value instanceof List || value instanceof Map) {
            throw new TemplateException("the filter " + name + " needs a text, found " + Values.kind(value));
        }
        return Values.text(value);
    }

    private static Object otherwise(Object value, List<Object> arguments) {
        Object replacement = arguments.isEmpty() ? "" : arguments.get(0);
        boolean alsoFalse = arguments.size() > 1 && Values.isTrue(arguments.get(1));
        return value == Values.UNDEFINED || alsoFalse && !Values.isTrue(value) ? replacement : value;
    }

    private static Object reversed(Object value) {
        if (value instanceof String text) {
            return new StringBuilder(text).reverse().toString();
        }
        List<Object> all = new ArrayList<>(items(value));
        Collections.reverse(all);
        return all;
    }

    private static Object end(String name, Object value) {
        List<Object> all = items(value);
        return all.isEmpty() ? Values.UNDEFINED : all.get(name.equals("first") ? 0 : all.size() - 1);
    }

    private static String join(Object value, List<Object> arguments) {
        String between = arguments.isEmpty() ? "" : Values.text(arguments.get(0));
        return String.join(between, items(value).stream().map(Values::text).toList());
    }

    private static Long integer(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        try {
            return Long.valueOf(Values.text(value).strip());
        } catch (NumberFormatException e) {
            return 0L;
        }
    }

    /** How many characters (as Python counts them) or items there are. */
    static Long size(Object value) {
        return value instanceof String text
                ? (long) text.codePointCount(0, text.length())
                : (long) items(value).size();
    }

    /** What a loop goes through: the items of a list, the keys of a map, the characters of a text. */
    static List<Object> items(Object value) {
        if (value instanceof List<?> list) {
            return Collections.unmodifiableList(list);
        }
        if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        }
        if (value instanceof String text) {
            return text.codePoints().<Object>mapToObj(Character::toString).toList();
        }
        if (value == Values.UNDEFINED) {
            return List.of();
        }
        throw new TemplateException(Values.kind(value) + " has no items");
    }

    /** A method of a text or a map. */
    static Object method(Object of, String name, List<Object> arguments) {
        if (of instanceof String text) {
            return StringMethods.call(name, text, arguments);
        }
        if (of instanceof Map<?, ?> map) {
            switch (name) {
                case "get" -> {
                    Object value = map.get(arguments.get(0));
                    return value != null || map.containsKey(arguments.get(0))
                            ? value
                            : arguments.size() > 1 ? arguments.get(1) : null;
                }
                case "keys" -> {
                    return new ArrayList<>(map.keySet());
                }
                case "values" -> {
                    return new ArrayList<>(map.values());
                }
                case "items" -> {
                    return new ArrayList<>(map.entrySet().stream()
                            .map(entry -> List.of(entry.getKey(), entry.getValue()))
                            .toList());
                }
                default -> {
                    // told below
                }
            }
        }
        throw new TemplateException(Values.kind(of) + " has no method " + name + " here");
    }

    static boolean test(String name, Object value, List<Object> arguments) {
        return switch (name) {
            case "defined" -> value != Values.UNDEFINED;
            case "undefined" -> value == Values.UNDEFINED;
            case "none" -> value == null;
            case "string" -> value instanceof String;
            case "number", "integer" -> value instanceof Long || name.equals("number") && value instanceof Boolean;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "mapping" -> value instanceof Map;
            case "sequence", "iterable" -> value instanceof List || value instanceof String || value instanceof Map;
            case "eq", "equalto" -> Values.equal(value, argument(name, arguments));
            case "ne" -> !Values.equal(value, argument(name, arguments));
            case "in" -> contains(argument(name, arguments), value);
            case "odd" -> value instanceof Long number && number % 2 != 0;
            case "even" -> value instanceof Long number && number % 2 == 0;
            default -> throw new TemplateException("the test " + name + " is not supported");
        };
    }

    private static Object argument(String name, List<Object> arguments) {
        if (arguments.size() != 1) {
            throw new TemplateException("the test " + name + " needs one argument");
        }
        return arguments.get(0);
    }

    static boolean contains(Object container, Object item) {
        if (container instanceof String text) {
            if (item instanceof String part) {
                return text.contains(part);
            }
            throw new TemplateException(Values.kind(item) + " cannot be in a text");
        }
        return items(container).stream().anyMatch(other -> Values.equal(other, item));
    }
}
