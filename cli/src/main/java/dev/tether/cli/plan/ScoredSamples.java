package dev.tether.cli.plan;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.trainer.chat.Conversation;
import dev.tether.trainer.model.StopReason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Samples of the reference with their scores.
 *
 * @param source where they are from, for sentences
 * @param rows in the order in which they were drawn
 */
public record ScoredSamples(String source, List<Row> rows) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /**
     * One sample.
     *
     * @param prompt that was answered
     * @param response to it; may be empty where a file does not say
     * @param score as training would use it, after scaling and penalties
     * @param end why the response ended; ENDED where a file does not say
     * @param conversation that the prompt was written from, where it was one
     * @param gold what the gold reward says, where one is asked
     */
    public record Row(
            String prompt,
            String response,
            double score,
            StopReason end,
            Optional<Conversation> conversation,
            OptionalDouble gold) {
        public Row(String prompt, String response, double score) {
            this(prompt, response, score, StopReason.ENDED, Optional.empty(), OptionalDouble.empty());
        }
    }

    public ScoredSamples {
        rows = List.copyOf(rows);
    }

    /** Rows by prompt, in the order in which prompts first came. */
    public List<List<Row>> byPrompt() {
        Map<String, List<Row>> byPrompt = new LinkedHashMap<>();
        rows.forEach(row ->
                byPrompt.computeIfAbsent(row.prompt(), p -> new ArrayList<>()).add(row));
        return List.copyOf(byPrompt.values());
    }

    /** Scores by prompt, [prompts][samples]. */
    public double[][] scores() {
        return byPrompt(Row::score);
    }

    /** Gold scores by prompt, [prompts][samples]; empty where no gold reward was asked. */
    public Optional<double[][]> gold() {
        return rows.stream().allMatch(row -> row.gold().isPresent())
                ? Optional.of(byPrompt(row -> row.gold().getAsDouble()))
                : Optional.empty();
    }

    private double[][] byPrompt(ToDoubleFunction<Row> figure) {
        return byPrompt().stream()
                .map(some -> some.stream().mapToDouble(figure).toArray())
                .toArray(double[][]::new);
    }

    public double mean() {
        return rows.stream().mapToDouble(Row::score).average().orElseThrow();
    }

    /** One JSON object per sample, which {@link #read} reads again. */
    public void write(Path file) {
        AtomicFiles.writeFile(
                file,
                rows.stream()
                        .map(row -> {
                            ObjectNode json = JSON.createObjectNode();
                            json.put("prompt", row.prompt());
                            json.put("response", row.response());
                            json.put("score", row.score());
                            return json + "\n";
                        })
                        .collect(Collectors.joining()));
    }

    /**
     * Reads rows with {@code prompt} and {@code score} (or {@code reward}); other keys are not looked at, but for
     * {@code response}.
     */
    public static ScoredSamples read(Path file) {
        List<Row> rows = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank()) {
                    rows.add(row(file + " line " + number, line));
                }
            }
        } catch (CharacterCodingException e) {
            throw new InputException(file + " is not UTF-8 text", e);
        } catch (IOException | UncheckedIOException e) {
            IOException cause = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : (IOException) e;
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(cause), e);
        }
        if (rows.isEmpty()) {
            throw new InputException(file + " has no row: at least two samples of a prompt are needed");
        }
        return new ScoredSamples(file.toString(), rows);
    }

    private static Row row(String place, String line) {
        JsonNode row = json(place, line);
        JsonNode prompt = row.path("prompt");
        JsonNode score = row.has("score") ? row.path("score") : row.path("reward");
        if (!prompt.isString()) {
            throw new InputException(place + ": \"prompt\" must be a string");
        }
        if (!score.isNumber() || !Double.isFinite(score.doubleValue())) {
            throw new InputException(place + ": \"score\" (or \"reward\") must be a finite number");
        }
        return new Row(prompt.stringValue(), row.path("response").asString(""), score.doubleValue());
    }

    private static JsonNode json(String place, String line) {
        try {
            JsonNode row = JSON.readTree(line);
            if (row.isObject()) {
                return row;
            }
        } catch (JacksonException e) {
            throw new InputException(place + " is not JSON: " + e.getOriginalMessage(), e);
        }
        throw new InputException(place + " must be a JSON object such as {\"prompt\": \"…\", \"score\": 0.5}");
    }
}
