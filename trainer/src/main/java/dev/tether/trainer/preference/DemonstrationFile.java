package dev.tether.trainer.preference;

import dev.tether.run.InputException;
import dev.tether.trainer.preference.JsonRowFile.Row;
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
     * Reads a .jsonl file or a .json array.
     *
     * @throws InputException when it cannot be read, is empty, or a row is of no known layout; it names file and line
     */
    public static List<Demonstration> read(Path file) {
        List<Demonstration> all = new ArrayList<>();
        for (Row row : JsonRowFile.read(file, "file of demonstrations")) {
            all.addAll(demonstrations(row));
        }
        if (all.isEmpty()) {
            throw new InputException("file of demonstrations " + file + " has no row: at least one is needed");
        }
        return all;
    }

    private static List<Demonstration> demonstrations(Row row) {
        JsonNode json = row.json();
        if (json.has("messages")) {
            return answers(row, Utterance.list(row, "messages", "role", "content"));
        }
        if (json.has("conversations")) {
            return answers(row, Utterance.list(row, "conversations", "from", "value"));
        }
        if (json.has("instruction")) {
            String input = json.path("input").asString("");
            String instruction = row.text("instruction");
            return one(row, input.isEmpty() ? instruction : instruction + "\n" + input, row.text("output"));
        }
        if (json.path("prompt").isArray()) {
            List<Utterance> all = new ArrayList<>(Utterance.list(row, "prompt", "role", "content"));
            int asked = all.size();
            all.addAll(Utterance.list(row, "completion", "role", "content"));
            return answers(row, all, asked);
        }
        if (json.has("prompt")) {
            return one(row, row.text("prompt"), row.text("completion"));
        }
        if (json.has("text")) {
            return one(row, "", row.text("text"));
        }
        throw row.wrong("no \"text\", no \"prompt\" and \"completion\", no \"messages\"; the row has "
                + (json.isEmpty() ? "no key" : String.join(", ", json.propertyNames())));
    }

    private static List<Demonstration> one(Row row, String prompt, String response) {
        if (response.isEmpty()) {
            throw row.wrong("there is nothing to learn: the text of the answer is empty");
        }
        return List.of(new Demonstration(prompt, response, row.place()));
    }

    private static List<Demonstration> answers(Row row, List<Utterance> all) {
        return answers(row, all, 0);
    }

    /** @param first the utterances before it are only asked */
    private static List<Demonstration> answers(Row row, List<Utterance> all, int first) {
        List<Demonstration> answers = new ArrayList<>();
        for (int i = first; i < all.size(); i++) {
            if (all.get(i).isAnswer()) {
                answers.add(new Demonstration(
                        Utterance.prompt(all.subList(0, i)), " " + all.get(i).text(), row.place()));
            }
        }
        if (answers.isEmpty()) {
            throw row.wrong("the conversation has no answer of the assistant to learn from");
        }
        return answers;
    }
}
