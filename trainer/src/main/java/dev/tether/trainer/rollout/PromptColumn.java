package dev.tether.trainer.rollout;

import dev.tether.run.InputException;
import dev.tether.trainer.chat.Conversation;
import dev.tether.trainer.table.TableRow;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The column in which prompts stand, chosen by the first row of a file: every further row must have it, and in the same form.
 *
 * @param name of the column
 * @param chosenBy position of the row that it was chosen by, for messages
 */
record PromptColumn(String name, String chosenBy) {
    /** What is looked for, in this order. */
    static final List<String> KNOWN =
            List.of("prompt", "messages", "conversations", "query", "instruction", "question", "text");

    private static final String INSTRUCTION = "instruction";
    private static final String INPUT = "input";

    /**
     * The column of a file that begins with {@code first}.
     *
     * @param wished the column that the user names, where one is named
     */
    static PromptColumn of(TableRow first, Optional<String> wished) {
        if (wished.isPresent()) {
            if (!first.cells().has(wished.get())) {
                throw first.wrong(
                        "no \"" + wished.get() + "\", which prompts.column names; there is " + first.columns());
            }
            return new PromptColumn(wished.get(), first.position());
        }
        return KNOWN.stream()
                .filter(known -> first.cells().has(known))
                .findFirst()
                .map(name -> new PromptColumn(name, first.position()))
                .orElseThrow(() -> first.wrong("no column of prompts (" + String.join(", ", KNOWN) + "); there is "
                        + first.columns() + ". Another one is named by prompts.column"));
    }

    /** The prompt of {@code row}; empty where the cell is. */
    Optional<PromptFile.Line> read(TableRow row) {
        JsonNode cell = row.cells().path(name);
        if (cell.isMissingNode()) {
            throw row.wrong("no \"" + name + "\", which " + chosenBy + " has; there is " + row.columns());
        }
        if (cell.isNull() || (cell.isArray() && cell.isEmpty())) {
            return Optional.empty();
        }
        if (cell.isArray()) {
            Conversation conversation = Conversation.read(cell, name, row.place());
            return Optional.of(new PromptFile.Line(row.position(), conversation.question(), Optional.of(conversation)));
        }
        if (!cell.isString()) {
            throw row.wrong("\"" + name + "\" must be a text or a list of messages, found " + excerpt(cell));
        }
        String text = withInput(cell.stringValue(), row);
        return text.isBlank() ? Optional.empty() : Optional.of(new PromptFile.Line(row.position(), text));
    }

    /** Alpaca's rows: what the instruction is about stands in a column of its own. */
    private String withInput(String text, TableRow row) {
        String input = name.equals(INSTRUCTION) ? row.cells().path(INPUT).asString("") : "";
        return input.isBlank() ? text : text + "\n" + input;
    }

    /** Refuses a file in which texts and conversations are mixed. */
    void requireLike(PromptFile.Line line, PromptFile.Line first, String source) {
        if (line.conversation().isPresent() != first.conversation().isPresent()) {
            throw new InputException(source + " " + line.position() + ": \"" + name + "\" is " + form(line) + ", in "
                    + first.position() + " it is " + form(first) + "; a file holds one or the other");
        }
    }

    private static String form(PromptFile.Line line) {
        return line.conversation().isPresent() ? "a conversation" : "a text";
    }

    private static String excerpt(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
