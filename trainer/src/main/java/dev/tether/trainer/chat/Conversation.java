package dev.tether.trainer.chat;

import dev.tether.run.InputException;
import dev.tether.trainer.chat.ChatMessage.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A conversation that waits for the assistant: its last message is not the assistant's.
 *
 * @param messages at least one
 */
public record Conversation(List<ChatMessage> messages) {
    public Conversation {
        messages = List.copyOf(messages);
        if (messages.isEmpty() || messages.get(messages.size() - 1).role() == Role.ASSISTANT) {
            throw new IllegalArgumentException("a prompt ends with a message that the assistant can answer");
        }
    }

    /** What was said last. */
    public String question() {
        return messages.get(messages.size() - 1).content();
    }

    /**
     * The list of a row's {@code key}: objects with {@code role} and {@code content}. Answers of the assistant at its end are
     * left out: they are what is to be found anew.
     *
     * @param place file and line, for messages
     * @throws InputException when it is no such list, or nothing is left to be answered
     */
    public static Conversation read(JsonNode list, String key, String place) {
        List<ChatMessage> messages = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            messages.add(message(list.get(i), place + ": " + key + "[" + i + "]"));
        }
        while (!messages.isEmpty() && messages.get(messages.size() - 1).role() == Role.ASSISTANT) {
            messages.remove(messages.size() - 1);
        }
        if (messages.isEmpty()) {
            throw new InputException(place + ": " + key + " has no message for the assistant to answer");
        }
        return new Conversation(messages);
    }

    private static ChatMessage message(JsonNode node, String place) {
        JsonNode role = node.path("role");
        JsonNode content = node.path("content");
        if (!role.isString() || !content.isString()) {
            throw new InputException(place + " must be an object with the strings \"role\" and \"content\"");
        }
        return Arrays.stream(Role.values())
                .filter(known -> known.word().equals(role.stringValue()))
                .findFirst()
                .map(known -> new ChatMessage(known, content.stringValue()))
                .orElseThrow(() -> new InputException(place + ".role = " + role + ", must be one of "
                        + Arrays.stream(Role.values()).map(Role::word).collect(Collectors.joining(", "))));
    }
}
