package dev.tether.trainer.preference;

import dev.tether.run.InputException;
import dev.tether.trainer.chat.ChatMessage;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.table.TableFile;
import dev.tether.trainer.table.TableRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Comparisons as TRL and LLaMA-Factory write them down; docs/preferences.md lists the layouts. Rows whose two answers are the
 * same say nothing and are left out.
 *
 * @param source the file, for messages
 * @param rows at least one
 * @param alike how many rows were left out
 */
public record PreferenceFile(String source, List<PreferenceRow> rows, int alike) {
    private static final String CHOSEN = "chosen";
    private static final String REJECTED = "rejected";

    public PreferenceFile {
        rows = List.copyOf(rows);
        if (rows.isEmpty()) {
            throw new InputException("preference file " + source + " has no pair"
                    + (alike > 0 ? " whose answers differ" : "") + ": at least one is needed");
        }
    }

    /**
     * Reads a {@link TableFile table}.
     *
     * @param end how the answers of a row end that does not say it ({@code chosen_ended}, {@code rejected_ended})
     * @throws InputException when it cannot be read or a row is of no known layout; it names file and line
     */
    public static PreferenceFile read(Path file, StopReason end) {
        List<PreferenceRow> rows = new ArrayList<>();
        TableFile.read(
                file,
                "preference file",
                row -> rows.add(new PreferenceRow(
                        pair(row),
                        end(row, "chosen_ended", end),
                        end(row, "rejected_ended", end),
                        margin(row),
                        row.place())));
        int all = rows.size();
        rows.removeIf(row -> row.pair().chosen().equals(row.pair().rejected()));
        return new PreferenceFile(file.toString(), rows, all - rows.size());
    }

    private static PreferencePair pair(TableRow row) {
        JsonNode cells = row.cells();
        if (!cells.has(CHOSEN) || !cells.has(REJECTED)) {
            throw row.wrong("no \"chosen\" and \"rejected\"; the row has " + row.columns());
        }
        if (cells.has("conversations")) {
            return shareGpt(row);
        }
        if (cells.has("instruction")) {
            return alpaca(row);
        }
        if (cells.get(CHOSEN).isArray() || cells.get(REJECTED).isArray()) {
            return messages(row);
        }
        return cells.has("prompt")
                ? new PreferencePair(row.text("prompt"), row.text(CHOSEN), row.text(REJECTED))
                : promptWithin(row.text(CHOSEN), row.text(REJECTED));
    }

    /** LLaMA-Factory: {@code conversations}, a list of {from, value}, and two answers of that form. */
    private static PreferencePair shareGpt(TableRow row) {
        List<ChatMessage> before = new ArrayList<>();
        String system = row.cells().path("system").asString("");
        if (!system.isEmpty()) {
            before.add(new ChatMessage(ChatMessage.Role.SYSTEM, system));
        }
        before.addAll(list(row, "conversations"));
        List<ChatMessage> chosen = List.of(ChatMessage.read(row.cells().get(CHOSEN), row.place() + ": " + CHOSEN));
        List<ChatMessage> rejected =
                List.of(ChatMessage.read(row.cells().get(REJECTED), row.place() + ": " + REJECTED));
        return spoken(row, before, chosen, rejected);
    }

    /** LLaMA-Factory's form of Alpaca: instruction and input are one prompt. */
    private static PreferencePair alpaca(TableRow row) {
        if (!row.cells().path("history").isEmpty()) {
            throw row.wrong("\"history\" is not supported; write the turns as \"conversations\"");
        }
        String input = row.cells().path("input").asString("");
        String instruction = row.text("instruction");
        return new PreferencePair(
                input.isEmpty() ? instruction : instruction + "\n" + input, row.text(CHOSEN), row.text(REJECTED));
    }

    /** TRL's conversations: lists of {role, content}, the prompt in its own list or at the beginning of both. */
    private static PreferencePair messages(TableRow row) {
        List<ChatMessage> chosen = list(row, CHOSEN);
        List<ChatMessage> rejected = list(row, REJECTED);
        if (row.cells().has("prompt")) {
            return spoken(row, list(row, "prompt"), chosen, rejected);
        }
        int same = 0;
        while (same < Math.min(chosen.size(), rejected.size()) - 1
                && chosen.get(same).equals(rejected.get(same))) {
            same++;
        }
        return spoken(
                row,
                chosen.subList(0, same),
                chosen.subList(same, chosen.size()),
                rejected.subList(same, rejected.size()));
    }

    private static List<ChatMessage> list(TableRow row, String column) {
        return ChatMessage.list(row.cells().path(column), row.place() + ": " + column);
    }

    private static PreferencePair spoken(
            TableRow row, List<ChatMessage> before, List<ChatMessage> chosen, List<ChatMessage> rejected) {
        for (List<ChatMessage> answer : List.of(chosen, rejected)) {
            if (answer.isEmpty()
                    || !answer.get(0).isAnswer()
                    || !answer.get(answer.size() - 1).isAnswer()) {
                throw row.wrong("the answer in \"" + (answer == chosen ? CHOSEN : REJECTED)
                        + "\" must begin and end with the assistant's words");
            }
        }
        return PreferencePair.of(before, chosen, rejected);
    }

    /** Whether there are conversations, so that it matters how they are written. */
    public boolean hasConversations() {
        return rows.stream().anyMatch(PreferenceRow::isSpoken);
    }

    /** The prompt is what both texts begin with; a space before they part belongs to the answers. */
    private static PreferencePair promptWithin(String chosen, String rejected) {
        int same = 0;
        while (same < Math.min(chosen.length(), rejected.length()) && chosen.charAt(same) == rejected.charAt(same)) {
            same++;
        }
        if (same > 0 && (chosen.charAt(same - 1) == ' ' || Character.isHighSurrogate(chosen.charAt(same - 1)))) {
            same--;
        }
        return new PreferencePair(chosen.substring(0, same), chosen.substring(same), rejected.substring(same));
    }

    /** Cells of a table of texts are texts. */
    private static StopReason end(TableRow row, String column, StopReason otherwise) {
        JsonNode ended = row.cells().path(column);
        String word = ended.isString() || ended.isBoolean() ? ended.asString() : "?";
        return switch (ended.isMissingNode() || ended.isNull() ? "" : word) {
            case "" -> otherwise;
            case "true" -> StopReason.ENDED;
            case "false" -> StopReason.TRUNCATED;
            default -> throw row.wrong("\"" + column + "\" must be true or false, found " + ended);
        };
    }

    private static double margin(TableRow row) {
        JsonNode margin = row.cells().path("margin");
        if (margin.isMissingNode()
                || margin.isNull()
                || (margin.isString() && margin.asString().isEmpty())) {
            return 0;
        }
        double value = margin.isNumber() || margin.isString() ? margin.asDouble(-1) : -1;
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw row.wrong("\"margin\" must be a number >= 0, found " + margin);
        }
        return value;
    }
}
