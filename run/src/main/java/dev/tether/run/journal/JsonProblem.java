package dev.tether.run.journal;

import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;

/** What is wrong with a row, in one sentence for a reader who knows nothing of the parser. */
final class JsonProblem {
    private static final Pattern MISSING = Pattern.compile("Missing required creator property '([^']+)'");

    private JsonProblem() {}

    static String inWords(JacksonException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException) {
                return cause.getMessage();
            }
        }
        if (e instanceof InvalidTypeIdException unknown) {
            return unknown.getTypeId() == null
                    ? "the row has no \"type\""
                    : "unknown row type \"" + unknown.getTypeId() + "\"; was it written by a newer version?";
        }
        return e instanceof MismatchedInputException mismatch
                ? mismatch(mismatch)
                : "not a row of JSON: " + firstLine(e);
    }

    private static String mismatch(MismatchedInputException e) {
        String path = path(e);
        Matcher missing = MISSING.matcher(e.getOriginalMessage());
        if (missing.find()) {
            return "the row has no " + (path.isEmpty() ? missing.group(1) : path);
        }
        if (path.isEmpty() || e.getTargetType() == null) {
            return "not a row of JSON: " + firstLine(e);
        }
        String found = e instanceof InvalidFormatException format ? " = " + shown(format.getValue()) + "," : "";
        return path + found + " must be " + noun(e.getTargetType());
    }

    private static String shown(Object value) {
        return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
    }

    private static String path(JacksonException e) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            String name = step.getPropertyName();
            path.append(name == null ? "[" + step.getIndex() + "]" : (path.isEmpty() ? "" : ".") + name);
        }
        return path.toString();
    }

    private static String noun(Class<?> type) {
        if (type == long.class || type == int.class || type == OptionalLong.class || type == Long.class) {
            return "a whole number";
        }
        if (type == double.class || type == OptionalDouble.class) {
            return "a number";
        }
        if (type == Instant.class) {
            return "a time such as 2026-11-20T09:30:00Z";
        }
        if (type == String.class) {
            return "a text";
        }
        List<Enum<?>> constants = JsonRows.constants(type);
        if (!constants.isEmpty()) {
            return "one of " + constants.stream().map(JsonRows::word).collect(Collectors.joining(", "));
        }
        if (type == boolean.class) {
            return "true or false";
        }
        return type.isArray() ? "a list" : "an object";
    }

    private static String firstLine(JacksonException e) {
        String line = e.getOriginalMessage().lines().findFirst().orElse("");
        if (line.startsWith("No content")) {
            return "the line is empty";
        }
        int hint = line.indexOf(": enable ");
        return hint < 0 ? line : line.substring(0, hint);
    }
}
