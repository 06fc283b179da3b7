package dev.tether.trainer.rollout;

import dev.tether.run.InputException;
import dev.tether.trainer.chat.ChatMessage;
import dev.tether.trainer.chat.ChatTemplate;
import dev.tether.trainer.chat.Conversation;
import dev.tether.trainer.model.Tokenizer;
import java.util.Optional;

/**
 * Turns texts and conversations into tokens. In a conversation the template alone may write special tokens: a message
 * that spells one is refused, or it could close its own turn and speak for another.
 */
public final class PromptReader {
    private final Tokenizer tokenizer;
    private final Optional<ChatTemplate> template;

    private PromptReader(Tokenizer tokenizer, Optional<ChatTemplate> template) {
        this.tokenizer = tokenizer;
        this.template = template;
    }

    /** For texts alone. */
    public static PromptReader ofTexts(Tokenizer tokenizer) {
        return new PromptReader(tokenizer, Optional.empty());
    }

    /** For texts, which are read as they are, and conversations, which are put into {@code template}. */
    public static PromptReader of(Tokenizer tokenizer, ChatTemplate template) {
        return new PromptReader(tokenizer, Optional.of(template));
    }

    /** @param place file and line, for messages */
    Prompt read(PromptFile.Line line, String place) {
        if (line.conversation().isEmpty()) {
            return new Prompt(line.text(), tokenizer.encode(line.text()));
        }
        Conversation conversation = line.conversation().get();
        ChatTemplate chat = template.orElseThrow(
                () -> new InputException(place + ": is a conversation, and there is no chat template to write it by"));
        conversation.messages().forEach(message -> refuseSpecials(message, place));
        try {
            String text = chat.render(conversation);
            return new Prompt(text, tokenizer.encodeAsWritten(text));
        } catch (InputException e) {
            throw new InputException(place + ": " + e.getMessage(), e);
        }
    }

    private void refuseSpecials(ChatMessage message, String place) {
        for (String special : tokenizer.specialTexts()) {
            if (!special.isEmpty() && message.content().contains(special)) {
                throw new InputException(
                        place + ": a message of the " + message.role().word() + " holds \"" + special
                                + "\", which the tokenizer reads as a special token; only the template may write one");
            }
        }
    }
}
