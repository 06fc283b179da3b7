package dev.tether.trainer.chat;

import dev.tether.trainer.chat.ChatMessage.Role;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.Tokenizer;
import java.util.List;

/**
 * For models that know no chats: the role before each message, as plain text. {@code User: Hi}, a blank line,
 * {@code Assistant:}, and then the answer.
 */
public final class RoleTags implements ChatWriter {
    /** There is one way. */
    public static final RoleTags ONLY = new RoleTags();

    private RoleTags() {}

    @Override
    public String write(Conversation conversation) {
        return prompt(conversation.messages());
    }

    @Override
    public Written write(Exchange exchange, StopReason end) {
        StringBuilder answer =
                new StringBuilder(" ").append(exchange.answer().get(0).content());
        exchange.answer().stream()
                .skip(1)
                .forEach(message -> answer.append("\n\n").append(tagged(message)));
        return new Written(prompt(exchange.before()), answer.toString());
    }

    /** Plain text: what the tokenizer puts before a text stands before this one, too. */
    @Override
    public int[] encode(Tokenizer tokenizer, String written) {
        return tokenizer.encode(written);
    }

    private static String prompt(List<ChatMessage> messages) {
        StringBuilder text = new StringBuilder();
        messages.forEach(message -> text.append(tagged(message)).append("\n\n"));
        return text.append(tag(Role.ASSISTANT)).toString();
    }

    private static String tagged(ChatMessage message) {
        return tag(message.role()) + " " + message.content();
    }

    private static String tag(Role role) {
        return switch (role) {
            case SYSTEM -> "System:";
            case USER -> "User:";
            case ASSISTANT -> "Assistant:";
        };
    }
}
