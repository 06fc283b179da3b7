package dev.tether.run.journal;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;

/** What is wrong with a row, in one sentence for a reader who knows nothing of the parser. */
final class JsonProblem {
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
        if (e instanceof MismatchedInputException mismatch) {
            return at(mismatch) + firstSentence(mismatch.getOriginalMessage());
        }
        return "not a JSON row: " + firstSentence(e.getOriginalMessage());
    }

    private static String at(MismatchedInputException e) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            String name = step.getPropertyName();
            path.append(name == null ? "[" + step.getIndex() + "]" : (path.isEmpty() ? "" : ".") + name);
        }
        return path.isEmpty() ? "" : path + ": ";
    }

    private static String firstSentence(String message) {
        String line = message.lines().findFirst().orElse("");
        int detail = line.indexOf(" (for ");
        return detail < 0 ? line : line.substring(0, detail);
    }
}
