package dev.tether.trainer.chat;

import dev.tether.run.InputException;
import dev.tether.trainer.model.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What one side of a conversation says. */
public record ChatMessage(Role role, String content) {
    /** Who speaks. */
    public enum Role {
        SYSTEM("system", "system"),
        USER("user", "human"),
        ASSISTANT("assistant", "gpt");

        private final String word;
        private final String shareGpt;

        Role(String word, String shareGpt) {
            this.word = word;
            this.shareGpt = shareGpt;
        }

        /** As templates and data sets call it. */
        public String word() {
            return word;
        }
    }

    /**
     * The messages of a list.
     *
     * @param place file and line and what the list is called, for messages
     * @throws InputException when it is no list of {@link #read messages}
     */
    public static List<ChatMessage> list(JsonNode list, String place) {
        if (!list.isArray()) {
            throw new InputException(
                    place + " must be a list of {\"role\": …, \"content\": …}, found " + excerpt(list));
        }
        List<ChatMessage> messages = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            messages.add(read(list.get(i), place + "[" + i + "]"));
        }
        return messages;
    }

    /**
     * One message: {@code {role, content}}, or as ShareGPT has it {@code {from, value}}, where the user is also called human
     * and the assistant gpt.
     *
     * @param place for messages
     * @throws InputException when it is none
     */
    public static ChatMessage read(JsonNode json, String place) {
        String who = json.has("from") ? "from" : "role";
        String what = json.has("from") ? "value" : "content";
        JsonNode role = json.path(who);
        JsonNode content = json.path(what);
        if (!role.isString() || !content.isString()) {
            throw new InputException(place + " must be an object with the strings \"" + who + "\" and \"" + what
                    + "\", found " + excerpt(json));
        }
        return Arrays.stream(Role.values())
                .filter(known -> known.word.equals(role.stringValue()) || known.shareGpt.equals(role.stringValue()))
                .findFirst()
                .map(known -> new ChatMessage(known, content.stringValue()))
                .orElseThrow(() -> new InputException(place + "." + who + " = " + role + ", must be one of "
                        + Arrays.stream(Role.values()).map(Role::word).collect(Collectors.joining(", "))));
    }

    private static String excerpt(JsonNode value) {
        String text = value.isMissingNode() ? "nothing" : value.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    /** Whether the assistant speaks. */
    public boolean isAnswer() {
        return role == Role.ASSISTANT;
    }

    /**
     * Refuses a message that spells a special token of the tokenizer: it could close its own turn and speak for another.
     *
     * @param place file and line, for messages
     */
    public void requireNoSpecial(Tokenizer tokenizer, String place) {
        for (String special : tokenizer.specialTexts()) {
            if (!special.isEmpty() && content.contains(special)) {
                throw new InputException(place + ": a message of the " + role.word() + " holds \"" + special
                        + "\", which the tokenizer reads as a special token; only the template may write one");
            }
        }
    }
}
