package dev.tether.trainer.rollout;

import dev.tether.run.InputException;
import dev.tether.trainer.chat.ChatWriter;
import dev.tether.trainer.chat.Conversation;
import dev.tether.trainer.model.Tokenizer;
import java.util.Optional;

/**
 * Turns texts and conversations into tokens. In a conversation the template alone may write special tokens: a message
 * that spells one is refused, or it could close its own turn and speak for another.
 */
public final class PromptReader {
    private final Tokenizer tokenizer;
    private final Optional<ChatWriter> writer;

    private PromptReader(Tokenizer tokenizer, Optional<ChatWriter> writer) {
        this.tokenizer = tokenizer;
        this.writer = writer;
    }

    /** For texts alone. */
    public static PromptReader ofTexts(Tokenizer tokenizer) {
        return new PromptReader(tokenizer, Optional.empty());
    }

    /** For texts, which are read as they are, and conversations, which {@code writer} makes texts of. */
    public static PromptReader of(Tokenizer tokenizer, ChatWriter writer) {
        return new PromptReader(tokenizer, Optional.of(writer));
    }

    /** @param place file and line, for messages */
    Prompt read(PromptFile.Line line, String place) {
        if (line.conversation().isEmpty()) {
            return new Prompt(line.text(), tokenizer.encode(line.text()));
        }
        Conversation conversation = line.conversation().get();
        ChatWriter chat = writer.orElseThrow(
                () -> new InputException(place + ": is a conversation, and there is no chat template to write it by"));
        conversation.messages().forEach(message -> message.requireNoSpecial(tokenizer, place));
        try {
            String text = chat.write(conversation);
            return new Prompt(text, chat.encode(tokenizer, text), line.conversation());
        } catch (InputException e) {
            throw new InputException(place + ": " + e.getMessage(), e);
        }
    }
}
