package dev.tether.trainer.chat;

import dev.tether.run.InputException;
import dev.tether.run.settings.PromptSettings.Chat;
import dev.tether.trainer.jinja.JinjaTemplate;
import dev.tether.trainer.jinja.TemplateException;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes a conversation as the text that a model was trained to go on with as the assistant: a program in Jinja's language. */
public final class ChatTemplate implements ChatWriter {
    private static final String OTHERS = Arrays.stream(Chat.values())
            .filter(chat -> chat != Chat.AUTO && chat != Chat.NONE)
            .map(ChatTemplate::name)
            .collect(Collectors.joining(", "));

    private final String source;
    private final JinjaTemplate template;
    private final SpecialTexts specials;

    private ChatTemplate(String source, JinjaTemplate template, SpecialTexts specials) {
        this.source = source;
        this.template = template;
        this.specials = specials;
    }

    /**
     * The texts of the tokens that begin and end a sequence, which templates ask for.
     *
     * @param begin empty where there is none
     * @param end empty where there is none
     */
    public record SpecialTexts(String begin, String end) {}

    /**
     * A template in Jinja's language.
     *
     * @param source where it comes from, for messages
     * @throws InputException when it cannot be read
     */
    public static ChatTemplate of(String source, String text, SpecialTexts specials) {
        try {
            return new ChatTemplate(source, JinjaTemplate.parse(text), specials);
        } catch (TemplateException e) {
            throw failed(source, e);
        }
    }

    /** A template that Tether brings along. */
    static ChatTemplate named(Chat chat, SpecialTexts specials) {
        try (InputStream in = ChatTemplate.class.getResourceAsStream(name(chat) + ".jinja")) {
            return of("chat template " + name(chat), new String(in.readAllBytes(), StandardCharsets.UTF_8), specials);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Chat chat) {
        return chat.name().toLowerCase(Locale.ROOT);
    }

    /** The names of those that Tether brings along, for messages. */
    static String others() {
        return OTHERS;
    }

    @Override
    public String write(Conversation conversation) {
        return render(conversation.messages(), true);
    }

    /**
     * As trl cuts it: the prompt is the conversation up to where the assistant begins to speak; the answer is what the whole has
     * behind it, or behind what both begin with, where the template opens an answer of its own in another way than one to come.
     */
    @Override
    public Written write(Exchange exchange, StopReason end) {
        String asked = render(exchange.before(), true);
        String whole = render(exchange.messages(), false);
        if (end == StopReason.ENDED && whole.startsWith(asked)) {
            return new Written(asked, whole.substring(asked.length()));
        }
        int same = 0;
        while (same < Math.min(asked.length(), whole.length()) && asked.charAt(same) == whole.charAt(same)) {
            same++;
        }
        String said = whole.substring(same, Math.max(same, whole.length() - endOfTurn(exchange)));
        if (!said.stripTrailing().endsWith(exchange.lastWords().strip())) {
            throw new InputException(source + ": does not write an answer as it stands" + ways());
        }
        return new Written(whole.substring(0, same), end == StopReason.ENDED ? whole.substring(same) : said);
    }

    /** How many letters stand behind the last words: as many as do not depend on how those end. */
    private int endOfTurn(Exchange exchange) {
        String one = render(exchange.endingWith("0").messages(), false);
        String other = render(exchange.endingWith("1").messages(), false);
        int same = 0;
        while (same < Math.min(one.length(), other.length())
                && one.charAt(one.length() - 1 - same) == other.charAt(other.length() - 1 - same)) {
            same++;
        }
        return same;
    }

    @Override
    public int[] encode(Tokenizer tokenizer, String written) {
        return tokenizer.encodeAsWritten(written);
    }

    private String render(List<ChatMessage> messages, boolean isAssistantNext) {
        Map<String, Object> values = new HashMap<>();
        values.put(
                "messages", messages.stream().<Object>map(ChatTemplate::value).toList());
        values.put("add_generation_prompt", isAssistantNext);
        values.put("tools", null);
        values.put("documents", null);
        values.put("bos_token", specials.begin());
        values.put("eos_token", specials.end());
        try {
            return template.render(values);
        } catch (TemplateException e) {
            throw failed(source, e);
        }
    }

    /** In the order in which data sets write it, which a template may show. */
    private static Map<String, Object> value(ChatMessage message) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("role", message.role().word());
        value.put("content", message.content());
        return value;
    }

    private static InputException failed(String source, TemplateException e) {
        return new InputException(source + ": " + e.getMessage() + ways(), e);
    }

    private static String ways() {
        return " (prompts.chat_template can be " + OTHERS + ", too)";
    }
}
