package dev.tether.cli.data;

import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.rollout.PromptFile;
import dev.tether.trainer.rollout.Seeds;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a prompt file holds.
 *
 * @param lengths of its prompts, in tokens where a model was given, else in characters
 * @param batchSize for the share of padding
 * @param room what the model leaves to a prompt; empty where none was given
 */
record DataReport(PromptFile file, Lengths lengths, int batchSize, Optional<Room> room) {
    private static final int SHOWN = 3;
    private static final JsonMapper JSON = JsonMapper.shared();

    /** A model's context and what the answer takes of it, in tokens. */
    record Room(int context, int maxNewTokens) {
        int forPrompt() {
            return context - maxNewTokens;
        }
    }

    /** Positions of the prompts that leave no room for the answer. */
    List<String> tooLong() {
        return room.map(r -> IntStream.range(0, lengths.values().length)
                        .filter(i -> lengths.values()[i] > r.forPrompt())
                        .mapToObj(i -> file.prompts().get(i).position())
                        .toList())
                .orElse(List.of());
    }

    private String unit() {
        return room.isPresent() ? "tokens" : "characters";
    }

    private double padding() {
        int[] order = new Seeds(RunSettings.defaults().seed())
                .permutation(lengths.values().length, Seeds.Purpose.PROMPT_ORDER, 0, 0);
        return lengths.padding(order, batchSize);
    }

    String text() {
        StringJoiner lines = new StringJoiner(System.lineSeparator(), "", System.lineSeparator());
        lines.add(file.source());
        lines.add(line("rows", (file.prompts().size() + file.empty()) + ", of them " + file.empty() + " empty"));
        lines.add(line(
                "prompts",
                file.prompts().size() + (file.hasConversations() ? " conversations" : " texts") + " in the column \""
                        + file.column() + "\", " + file.duplicates() + " of them repeat an earlier one"));
        lines.add(line("not read", file.further().isEmpty() ? "nothing" : String.join(", ", file.further())));
        lines.add(line(
                unit(),
                String.format(
                        Locale.ROOT,
                        "min %d, median %d, p90 %d, p99 %d, max %d, mean %.1f, %d in all",
                        lengths.quantile(0),
                        lengths.quantile(0.5),
                        lengths.quantile(0.9),
                        lengths.quantile(0.99),
                        lengths.quantile(1),
                        lengths.mean(),
                        lengths.total())));
        lines.add(line(
                "padding",
                String.format(
                        Locale.ROOT,
                        "%.1f %% in shuffled batches of %d; %.1f %% if like lengths shared a batch",
                        100 * padding(),
                        batchSize,
                        100 * lengths.leastPadding(batchSize))));
        room.ifPresent(r -> lines.add(line("too long", tooLong(r))));
        return lines.toString();
    }

    private String tooLong(Room r) {
        List<String> places = tooLong();
        return places.size() + " of more than " + r.forPrompt() + " tokens (a context of " + r.context() + " less "
                + r.maxNewTokens() + " new tokens)"
                + (places.isEmpty()
                        ? ""
                        : ": " + String.join(", ", places.subList(0, Math.min(SHOWN, places.size())))
                                + (places.size() > SHOWN ? ", …" : "") + "; training would refuse the file");
    }

    private static String line(String name, String value) {
        return String.format("  %-10s %s", name, value);
    }

    String json() {
        ObjectNode json = JSON.createObjectNode();
        json.put("source", file.source());
        json.put("rows", file.prompts().size() + file.empty());
        json.put("empty", file.empty());
        json.put("prompts", file.prompts().size());
        json.put("duplicates", file.duplicates());
        json.put("column", file.column());
        json.put("form", file.hasConversations() ? "conversation" : "text");
        json.set("further_columns", JSON.valueToTree(file.further()));
        ObjectNode length = json.putObject("length");
        length.put("unit", unit());
        length.put("min", lengths.quantile(0));
        length.put("median", lengths.quantile(0.5));
        length.put("p90", lengths.quantile(0.9));
        length.put("p99", lengths.quantile(0.99));
        length.put("max", lengths.quantile(1));
        length.put("mean", lengths.mean());
        length.put("total", lengths.total());
        ObjectNode padding = json.putObject("padding");
        padding.put("batch_size", batchSize);
        padding.put("shuffled", padding());
        padding.put("sorted", lengths.leastPadding(batchSize));
        room.ifPresent(r -> {
            ObjectNode fit = json.putObject("fit");
            fit.put("context", r.context());
            fit.put("max_new_tokens", r.maxNewTokens());
            fit.put("too_long", tooLong().size());
            fit.set("too_long_at", JSON.valueToTree(tooLong()));
        });
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + System.lineSeparator();
    }
}
