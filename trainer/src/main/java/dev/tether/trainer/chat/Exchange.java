package dev.tether.trainer.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * An answer of the assistant, with what was said before it.
 *
 * @param before may be empty
 * @param answer begins and ends with the assistant's words; others may speak between
 */
public record Exchange(List<ChatMessage> before, List<ChatMessage> answer) {
    public Exchange {
        before = List.copyOf(before);
        answer = List.copyOf(answer);
        if (answer.isEmpty()
                || !answer.get(0).isAnswer()
                || !answer.get(answer.size() - 1).isAnswer()) {
            throw new IllegalArgumentException("an answer begins and ends with the assistant's words");
        }
    }

    /** All of it. */
    public List<ChatMessage> messages() {
        List<ChatMessage> all = new ArrayList<>(before);
        all.addAll(answer);
        return all;
    }

    /** What the assistant says last. */
    public String lastWords() {
        return answer.get(answer.size() - 1).content();
    }

    /** The same with {@code more} behind the last words. */
    Exchange endingWith(String more) {
        List<ChatMessage> longer = new ArrayList<>(answer.subList(0, answer.size() - 1));
        longer.add(new ChatMessage(ChatMessage.Role.ASSISTANT, lastWords() + more));
        return new Exchange(before, longer);
    }
}
