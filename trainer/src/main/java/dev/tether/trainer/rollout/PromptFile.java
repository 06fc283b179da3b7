package dev.tether.trainer.rollout;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.trainer.chat.Conversation;
import dev.tether.trainer.model.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The prompts of one file, in its order. A {@code .jsonl} file has one JSON object per line whose text stands under
 * {@code "prompt"} (or {@code "text"}, or {@code "query"}), or whose conversation stands under {@code "prompt"} or
 * {@code "messages"}; any other file has one prompt per line. Empty lines are skipped; UTF-8.
 *
 * @param source the file, for messages
 * @param prompts at least one
 */
public record PromptFile(String source, List<Line> prompts) {
    /**
     * One prompt and the line it stands on, counted from 1.
     *
     * @param text of a conversation what was said last
     */
    public record Line(int number, String text, Optional<Conversation> conversation) {
        public Line(int number, String text) {
            this(number, text, Optional.empty());
        }
    }

    private static final List<String> KEYS = List.of("prompt", "text", "query", "messages");
    private static final JsonMapper JSON = JsonMapper.shared();

    public PromptFile {
        if (prompts.isEmpty()) {
            throw new InputException("prompt file " + source + " has no prompt: at least one is needed");
        }
        prompts = List.copyOf(prompts);
    }

    /**
     * Reads {@code file}.
     *
     * @throws InputException when it cannot be read, has no prompt, or has a line without one
     */
    public static PromptFile read(Path file) {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return new PromptFile(file.toString(), read(file, reader));
        } catch (CharacterCodingException e) {
            throw new InputException("prompt file " + file + " is not UTF-8 text", e);
        } catch (IOException e) {
            throw new InputException("cannot read the prompt file " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** Whether some prompt is a conversation, so that a template is needed. */
    public boolean hasConversations() {
        return prompts.stream().anyMatch(line -> line.conversation().isPresent());
    }

    /**
     * The prompts as token ids.
     *
     * @param reader how texts and conversations become tokens
     * @throws InputException where a prompt has no token, or leaves no room for {@code maxNewTokens} in the context
     */
    public List<Prompt> tokenized(PromptReader reader, int contextLength, int maxNewTokens) {
        return prompts.stream()
                .map(line -> tokenized(line, reader, contextLength, maxNewTokens))
                .toList();
    }

    /** {@link #tokenized(PromptReader, int, int)} of texts. */
    public List<Prompt> tokenized(Tokenizer tokenizer, int contextLength, int maxNewTokens) {
        return tokenized(PromptReader.ofTexts(tokenizer), contextLength, maxNewTokens);
    }

    private Prompt tokenized(Line line, PromptReader reader, int contextLength, int maxNewTokens) {
        String place = source + " line " + line.number();
        Prompt prompt = reader.read(line, place);
        if (prompt.ids().length == 0) {
            throw new InputException(place + ": the prompt \"" + excerpt(line.text()) + "\" has no token");
        }
        if (prompt.ids().length + maxNewTokens > contextLength) {
            throw new InputException(place + ": the prompt's " + prompt.ids().length + " tokens and max_new_tokens = "
                    + maxNewTokens + " do not fit into the model's context of " + contextLength + " tokens");
        }
        return prompt;
    }

    private static List<Line> read(Path file, BufferedReader reader) throws IOException {
        boolean json = file.toString().toLowerCase(Locale.ROOT).endsWith(".jsonl");
        List<Line> prompts = new ArrayList<>();
        int number = 0;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (!line.isBlank()) {
                prompts.add(json ? rowOf(line, number, file + " line " + number) : new Line(number, line.strip()));
            }
        }
        return prompts;
    }

    private static Line rowOf(String line, int number, String place) {
        JsonNode row = row(line, place);
        for (String key : KEYS) {
            if (row.path(key).isArray()) {
                Conversation conversation = Conversation.read(row.get(key), key, place);
                return new Line(number, conversation.question(), Optional.of(conversation));
            }
            if (row.has(key)) {
                return new Line(number, text(row.get(key), "\"" + key + "\"", place));
            }
        }
        throw new InputException(place + ": no \"prompt\" (nor \"text\", \"query\", \"messages\"); the row has "
                + (row.isEmpty() ? "no key" : String.join(", ", row.propertyNames())));
    }

    private static JsonNode row(String line, String place) {
        try {
            JsonNode row = JSON.readTree(line);
            if (row.isObject()) {
                return row;
            }
        } catch (JacksonException e) {
            throw new InputException(place + " is not JSON: " + e.getOriginalMessage(), e);
        }
        throw new InputException(place + " must be a JSON object such as {\"prompt\": \"Once upon a time\"}");
    }

    private static String text(JsonNode value, String key, String place) {
        if (!value.isString()) {
            throw new InputException(place + ": " + key + " must be a string, found " + excerpt(value.toString()));
        }
        if (value.stringValue().isBlank()) {
            throw new InputException(place + ": " + key + " is empty");
        }
        return value.stringValue();
    }

    private static String excerpt(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
