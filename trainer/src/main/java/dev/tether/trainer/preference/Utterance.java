package dev.tether.trainer.preference;

import dev.tether.trainer.preference.JsonRowFile.Row;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What one side of a conversation says. Conversations become text with the role before each utterance: "User: Hi", a blank
 * line, "Assistant:", and then the answer.
 */
record Utterance(String role, String text) {
    private static final String ASSISTANT = "Assistant";

    /** The list under {@code key}. */
    static List<Utterance> list(Row row, String key, String roleKey, String textKey) {
        JsonNode list = row.json().path(key);
        if (!list.isArray() || list.isEmpty()) {
            throw row.wrong("\"" + key + "\" must be a list of {\"" + roleKey + "\": …, \"" + textKey
                    + "\": …} with at least one, found " + JsonRowFile.excerpt(list));
        }
        List<Utterance> all = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            all.add(of(row, list.get(i), key + "[" + i + "]", roleKey, textKey));
        }
        return all;
    }

    /** One object. */
    static Utterance of(Row row, JsonNode json, String place, String roleKey, String textKey) {
        JsonNode role = json.path(roleKey);
        JsonNode text = json.path(textKey);
        if (!role.isString() || !text.isString()) {
            throw row.wrong("\"" + place + "\" must be an object with the texts \"" + roleKey + "\" and \"" + textKey
                    + "\", found " + JsonRowFile.excerpt(json));
        }
        return new Utterance(role(row, role.stringValue(), place), text.stringValue());
    }

    private static String role(Row row, String word, String place) {
        return switch (word) {
            case "system" -> "System";
            case "user", "human" -> "User";
            case "assistant", "gpt" -> ASSISTANT;
            default ->
                throw row.wrong("\"" + place + "\" has the role \"" + word
                        + "\", must be system, user (human) or assistant (gpt)");
        };
    }

    /** As text. */
    static PreferencePair pair(Row row, List<Utterance> prompt, List<Utterance> chosen, List<Utterance> rejected) {
        return new PreferencePair(prompt(prompt), answer(row, chosen, "chosen"), answer(row, rejected, "rejected"));
    }

    /** All that was said, and the word after which the assistant speaks. */
    static String prompt(List<Utterance> said) {
        StringBuilder before = new StringBuilder();
        said.forEach(each -> before.append(each.tagged()).append("\n\n"));
        return before + ASSISTANT + ":";
    }

    boolean isAnswer() {
        return role.equals(ASSISTANT);
    }

    private static String answer(Row row, List<Utterance> utterances, String key) {
        if (!utterances.get(0).isAnswer()
                || !utterances.get(utterances.size() - 1).isAnswer()) {
            throw row.wrong("the answer in \"" + key + "\" must begin and end with the assistant's words");
        }
        StringBuilder text = new StringBuilder(" ").append(utterances.get(0).text());
        utterances.stream().skip(1).forEach(each -> text.append("\n\n").append(each.tagged()));
        return text.toString();
    }

    private String tagged() {
        return role + ": " + text;
    }
}
