package dev.tether.trainer.preference;

import dev.tether.run.InputException;
import dev.tether.trainer.chat.ChatMessage;
import dev.tether.trainer.chat.Exchange;
import dev.tether.trainer.table.TableFile;
import dev.tether.trainer.table.TableRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Answers to imitate as TRL and LLaMA-Factory write them down: {@code text}; {@code prompt} and {@code completion}, as texts
 * or messages; {@code messages}; {@code instruction}, {@code input} and {@code output}; {@code conversations}. Of a
 * conversation every answer of the assistant is one demonstration, with all that was said before as its prompt.
 */
public final class DemonstrationFile {
    private DemonstrationFile() {}

    /**
     * Reads a {@link TableFile table}.
     *
     * @throws InputException when it cannot be read, is empty, or a row is of no known layout; it names file and line
     */
    public static List<Demonstration> read(Path file) {
        List<Demonstration> all = new ArrayList<>();
        TableFile.read(file, "file of demonstrations", row -> all.addAll(demonstrations(row)));
        if (all.isEmpty()) {
            throw new InputException("file of demonstrations " + file + " has no row: at least one is needed");
        }
        return all;
    }

    private static List<Demonstration> demonstrations(TableRow row) {
        JsonNode cells = row.cells();
        if (cells.has("messages")) {
            return answers(row, messages(row, "messages"), 0);
        }
        if (cells.has("conversations")) {
            return answers(row, messages(row, "conversations"), 0);
        }
        if (cells.has("instruction")) {
            String input = cells.path("input").asString("");
            String instruction = row.text("instruction");
            return one(row, input.isEmpty() ? instruction : instruction + "\n" + input, row.text("output"));
        }
        if (cells.path("prompt").isArray()) {
            List<ChatMessage> all = messages(row, "prompt");
            int asked = all.size();
            all.addAll(messages(row, "completion"));
            return answers(row, all, asked);
        }
        if (cells.has("prompt")) {
            return one(row, row.text("prompt"), row.text("completion"));
        }
        if (cells.has("text")) {
            return one(row, "", row.text("text"));
        }
        throw row.wrong("no \"text\", no \"prompt\" and \"completion\", no \"messages\"; the row has " + row.columns());
    }

    private static List<ChatMessage> messages(TableRow row, String column) {
        return ChatMessage.list(row.cells().path(column), row.place() + ": " + column);
    }

    private static List<Demonstration> one(TableRow row, String prompt, String response) {
        if (response.isEmpty()) {
            throw row.wrong("there is nothing to learn: the text of the answer is empty");
        }
        return List.of(new Demonstration(prompt, response, row.place()));
    }

    /** @param first the messages before it are only asked */
    private static List<Demonstration> answers(TableRow row, List<ChatMessage> all, int first) {
        List<Demonstration> answers = new ArrayList<>();
        for (int i = first; i < all.size(); i++) {
            if (all.get(i).isAnswer()) {
                answers.add(Demonstration.of(new Exchange(all.subList(0, i), all.subList(i, i + 1)), row.place()));
            }
        }
        if (answers.isEmpty()) {
            throw row.wrong("the conversation has no answer of the assistant to learn from");
        }
        return answers;
    }
}
