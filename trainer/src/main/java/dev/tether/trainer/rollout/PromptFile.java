package dev.tether.trainer.rollout;

import dev.tether.run.InputException;
import dev.tether.trainer.chat.Conversation;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.table.TableFile;
import dev.tether.trainer.table.TableRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The prompts of one file, in its order: of a {@link TableFile table} those of one column, of a text file its lines.
 * docs/data.md says which columns are known. Empty prompts are left out and counted.
 *
 * @param source the file, for messages
 * @param column the column they stand in
 * @param further the other columns of the first row, which are not read
 * @param prompts at least one
 * @param empty how many rows had none
 */
public record PromptFile(String source, String column, List<String> further, List<Line> prompts, int empty) {
    /**
     * One prompt.
     *
     * @param position where in the file, such as {@code line 3}
     * @param text of a conversation what was said last
     */
    public record Line(String position, String text, Optional<Conversation> conversation) {
        public Line(String position, String text) {
            this(position, text, Optional.empty());
        }
    }

    private static final String WHAT = "prompt file";

    public PromptFile {
        further = List.copyOf(further);
        prompts = List.copyOf(prompts);
        if (prompts.isEmpty()) {
            throw new InputException("prompt file " + source + " has no prompt"
                    + (empty > 0 ? " (" + empty + " rows, all of them empty)" : "") + ": at least one is needed");
        }
    }

    /**
     * Reads {@code file}, whose column is found.
     *
     * @throws InputException as {@link #read(Path, Optional)}
     */
    public static PromptFile read(Path file) {
        return read(file, Optional.empty());
    }

    /**
     * Reads {@code file}.
     *
     * @param column the column to read; empty = the first one that is known
     * @throws InputException when it cannot be read, has no prompt, or has a row unlike the first
     */
    public static PromptFile read(Path file, Optional<String> column) {
        Reading reading = new Reading(file.toString(), column);
        TableFile.read(file, WHAT, reading::add);
        return reading.done();
    }

    /** What was read so far. */
    private static final class Reading {
        private final String source;
        private final Optional<String> wished;
        private final List<Line> prompts = new ArrayList<>();
        private List<String> further = List.of();
        private PromptColumn column;
        private int empty;

        Reading(String source, Optional<String> wished) {
            this.source = source;
            this.wished = wished;
        }

        void add(TableRow row) {
            if (column == null) {
                column = PromptColumn.of(row, wished);
                further = row.cells().propertyNames().stream()
                        .filter(name -> !name.equals(column.name()))
                        .toList();
            }
            Optional<Line> line = column.read(row);
            line.ifPresent(found -> {
                if (!prompts.isEmpty()) {
                    column.requireLike(found, prompts.get(0), source);
                }
                prompts.add(found);
            });
            empty += line.isPresent() ? 0 : 1;
        }

        PromptFile done() {
            return new PromptFile(source, column == null ? "" : column.name(), further, prompts, empty);
        }
    }

    /** The same under another name. */
    public PromptFile called(String name) {
        return new PromptFile(name, column, further, prompts, empty);
    }

    /** How many prompts stand further up in the file already. They are kept, and drawn more often. */
    public int duplicates() {
        Set<Object> seen = new HashSet<>();
        return (int) prompts.stream()
                .filter(line -> !seen.add(
                        line.conversation().<Object>map(Conversation::messages).orElse(line.text())))
                .count();
    }

    /** What is worth saying of the file, in one line; empty where nothing is. */
    public Optional<String> remark() {
        int twice = duplicates();
        String said = Stream.of(
                        empty > 0 ? empty + (empty == 1 ? " empty prompt is" : " empty prompts are") + " left out" : "",
                        twice > 0
                                ? twice + " of " + prompts.size() + " prompts repeat" + (twice == 1 ? "s" : "")
                                        + " an earlier one"
                                : "")
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
        return said.isEmpty() ? Optional.empty() : Optional.of(source + ": " + said);
    }

    /** Whether the prompts are conversations, so that a template is needed. */
    public boolean hasConversations() {
        return prompts.get(0).conversation().isPresent();
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
        String place = source + " " + line.position();
        Prompt prompt = tokenized(line, reader);
        if (prompt.ids().length + maxNewTokens > contextLength) {
            throw new InputException(place + ": the prompt's " + prompt.ids().length + " tokens and max_new_tokens = "
                    + maxNewTokens + " do not fit into the model's context of " + contextLength + " tokens");
        }
        return prompt;
    }

    /**
     * One prompt as token ids, however many they are.
     *
     * @throws InputException where it has no token
     */
    public Prompt tokenized(Line line, PromptReader reader) {
        String place = source + " " + line.position();
        Prompt prompt = reader.read(line, place);
        if (prompt.ids().length == 0) {
            throw new InputException(place + ": the prompt \"" + excerpt(line.text()) + "\" has no token");
        }
        return prompt;
    }

    private static String excerpt(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
