package dev.tether.trainer.preference;

import dev.tether.run.InputException;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.preference.JsonRowFile.Row;
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
     * Reads a .jsonl file or a .json array.
     *
     * @param end how the answers of a row end that does not say it ({@code chosen_ended}, {@code rejected_ended})
     * @throws InputException when it cannot be read or a row is of no known layout; it names file and line
     */
    public static PreferenceFile read(Path file, StopReason end) {
        List<PreferenceRow> rows = new ArrayList<>();
        int alike = 0;
        for (Row row : JsonRowFile.read(file, "preference file")) {
            PreferencePair pair = pair(row);
            if (pair.chosen().equals(pair.rejected())) {
                alike++;
            } else {
                rows.add(new PreferenceRow(
                        pair,
                        end(row, "chosen_ended", end),
                        end(row, "rejected_ended", end),
                        margin(row),
                        row.place()));
            }
        }
        return new PreferenceFile(file.toString(), rows, alike);
    }

    private static PreferencePair pair(Row row) {
        JsonNode json = row.json();
        if (!json.has(CHOSEN) || !json.has(REJECTED)) {
            throw row.wrong("no \"chosen\" and \"rejected\"; the row has "
                    + (json.isEmpty() ? "no key" : String.join(", ", json.propertyNames())));
        }
        if (json.has("conversations")) {
            return shareGpt(row);
        }
        if (json.has("instruction")) {
            return alpaca(row);
        }
        boolean spoken = json.get(CHOSEN).isArray() || json.get(REJECTED).isArray();
        if (spoken) {
            return messages(row);
        }
        return json.has("prompt")
                ? new PreferencePair(row.text("prompt"), row.text(CHOSEN), row.text(REJECTED))
                : promptWithin(row.text(CHOSEN), row.text(REJECTED));
    }

    /** LLaMA-Factory: {@code conversations}, a list of {from, value}, and two answers of that form. */
    private static PreferencePair shareGpt(Row row) {
        List<Utterance> asked = Utterance.list(row, "conversations", "from", "value");
        String system = row.json().path("system").asString("");
        List<Utterance> all = new ArrayList<>();
        if (!system.isEmpty()) {
            all.add(new Utterance("System", system));
        }
        all.addAll(asked);
        Utterance chosen = Utterance.of(row, row.json().get(CHOSEN), CHOSEN, "from", "value");
        Utterance rejected = Utterance.of(row, row.json().get(REJECTED), REJECTED, "from", "value");
        return Utterance.pair(row, all, List.of(chosen), List.of(rejected));
    }

    /** LLaMA-Factory's form of Alpaca: instruction and input are one prompt. */
    private static PreferencePair alpaca(Row row) {
        if (!row.json().path("history").isEmpty()) {
            throw row.wrong("\"history\" is not supported; write the turns as \"conversations\"");
        }
        String input = row.json().path("input").asString("");
        String instruction = row.text("instruction");
        return new PreferencePair(
                input.isEmpty() ? instruction : instruction + "\n" + input, row.text(CHOSEN), row.text(REJECTED));
    }

    /** TRL's conversations: lists of {role, content}, the prompt in its own list or at the beginning of both. */
    private static PreferencePair messages(Row row) {
        List<Utterance> prompt = new ArrayList<>();
        if (row.json().has("prompt")) {
            prompt.addAll(Utterance.list(row, "prompt", "role", "content"));
        }
        List<Utterance> chosen = Utterance.list(row, CHOSEN, "role", "content");
        List<Utterance> rejected = Utterance.list(row, REJECTED, "role", "content");
        int same = 0;
        while (prompt.isEmpty()
                && same < Math.min(chosen.size(), rejected.size()) - 1
                && chosen.get(same).equals(rejected.get(same))) {
            same++;
        }
        prompt.addAll(chosen.subList(0, same));
        return Utterance.pair(
                row, prompt, chosen.subList(same, chosen.size()), rejected.subList(same, rejected.size()));
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

    private static StopReason end(Row row, String key, StopReason otherwise) {
        JsonNode ended = row.json().path(key);
        if (ended.isMissingNode()) {
            return otherwise;
        }
        if (!ended.isBoolean()) {
            throw row.wrong("\"" + key + "\" must be true or false, found " + JsonRowFile.excerpt(ended));
        }
        return ended.booleanValue() ? StopReason.ENDED : StopReason.TRUNCATED;
    }

    private static double margin(Row row) {
        JsonNode margin = row.json().path("margin");
        if (margin.isMissingNode() || margin.isNull()) {
            return 0;
        }
        if (!margin.isNumber() || !(margin.doubleValue() >= 0) || Double.isInfinite(margin.doubleValue())) {
            throw row.wrong("\"margin\" must be a number >= 0, found " + JsonRowFile.excerpt(margin));
        }
        return margin.doubleValue();
    }
}
