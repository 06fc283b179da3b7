package dev.tether.trainer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Python's methods of a text, as far as templates of chats use them. */
final class StringMethods {
    private StringMethods() {}

    static Object call(String name, String text, List<Object> arguments) {
        return switch (name) {
            case "strip" -> stripLeft(stripRight(text, stripped(arguments)), stripped(arguments));
            case "lstrip" -> stripLeft(text, stripped(arguments));
            case "rstrip" -> stripRight(text, stripped(arguments));
            case "startswith" -> text.startsWith(argument(name, arguments, 0));
            case "endswith" -> text.endsWith(argument(name, arguments, 0));
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "capitalize" -> capitalized(text);
            case "title" -> titled(text);
            case "replace" ->
                replaced(text, argument(name, arguments, 0), argument(name, arguments, 1), arguments.size());
            case "split" -> split(text, arguments);
            default -> throw new TemplateException("a text has no method " + name + " here");
        };
    }

    private static String argument(String name, List<Object> arguments, int index) {
        if (index >= arguments.size() || !(arguments.get(index) instanceof String)) {
            throw new TemplateException(name + " needs a text as argument " + (index + 1));
        }
        return (String) arguments.get(index);
    }

    /** Which characters are taken away: white space, or those of the argument. */
    private static IntPredicate stripped(List<Object> arguments) {
        if (arguments.isEmpty() || arguments.get(0) == null) {
            return c -> Character.isWhitespace(c) || Character.isSpaceChar(c);
        }
        String characters = argument("strip", arguments, 0);
        return c -> characters.indexOf(c) >= 0;
    }

    private static String stripLeft(String text, IntPredicate stripped) {
        int from = 0;
        while (from < text.length() && stripped.test(text.charAt(from))) {
            from++;
        }
        return text.substring(from);
    }

    private static String stripRight(String text, IntPredicate stripped) {
        int to = text.length();
        while (to > 0 && stripped.test(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(0, to);
    }

    private static String capitalized(String text) {
        return text.isEmpty()
                ? text
                : text.substring(0, 1).toUpperCase(Locale.ROOT)
                        + text.substring(1).toLowerCase(Locale.ROOT);
    }

    private static String titled(String text) {
        StringBuilder titled = new StringBuilder();
        boolean inside = false;
        for (char c : text.toCharArray()) {
            titled.append(inside ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inside = Character.isLetter(c);
        }
        return titled.toString();
    }

    private static String replaced(String text, String old, String by, int arguments) {
        if (arguments > 2 || old.isEmpty()) {
            throw new TemplateException("replace needs two texts, the first not empty");
        }
        long found = text.isEmpty() ? 0 : (text.length() - text.replace(old, "").length()) / old.length();
        Limits.requireLength(text.length() + found * (by.length() - old.length()));
        return text.replace(old, by);
    }

    private static List<Object> split(String text, List<Object> arguments) {
        if (arguments.size() > 1) {
            throw new TemplateException("split takes one text at most");
        }
        List<Object> parts = new ArrayList<>();
        if (arguments.isEmpty() || arguments.get(0) == null) {
            for (String part : text.strip().split("\\s+")) {
                if (!part.isEmpty()) {
                    parts.add(part);
                }
            }
            return parts;
        }
        String separator = argument("split", arguments, 0);
        if (separator.isEmpty()) {
            throw new TemplateException("split needs a text that is not empty");
        }
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }
}
