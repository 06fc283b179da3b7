package dev.tether.trainer.chat;

import dev.tether.run.InputException;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A conversation that waits for the assistant: its last message is not the assistant's.
 *
 * @param messages at least one
 */
public record Conversation(List<ChatMessage> messages) {
    public Conversation {
        messages = List.copyOf(messages);
        if (messages.isEmpty() || messages.get(messages.size() - 1).isAnswer()) {
            throw new IllegalArgumentException("a prompt ends with a message that the assistant can answer");
        }
    }

    /** What was said last. */
    public String question() {
        return messages.get(messages.size() - 1).content();
    }

    /**
     * The list of a row's {@code key}: {@link ChatMessage#read messages}. Answers of the assistant at its end are
     * left out: they are what is to be found anew.
     *
     * @param place file and line, for messages
     * @throws InputException when it is no such list, or nothing is left to be answered
     */
    public static Conversation read(JsonNode list, String key, String place) {
        List<ChatMessage> messages = ChatMessage.list(list, place + ": " + key);
        while (!messages.isEmpty() && messages.get(messages.size() - 1).isAnswer()) {
            messages.remove(messages.size() - 1);
        }
        if (messages.isEmpty()) {
            throw new InputException(place + ": " + key + " has no message for the assistant to answer");
        }
        return new Conversation(messages);
    }
}
