package dev.tether.cli.bench;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.trainer.rollout.Prompt;
import dev.tether.trainer.rollout.PromptSource;
import dev.tether.trainer.rollout.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Prompts as token ids, without a text. */
record TokenPrompts(List<int[]> ids) {
    /** Lower ids are special tokens in most vocabularies. */
    private static final int FIRST_RANDOM_ID = 4;

    /** {@code count} prompts of {@code length} random ids each. */
    static TokenPrompts random(int count, int length, int vocabularySize, long seed) {
        if (vocabularySize <= FIRST_RANDOM_ID) {
            throw new InputException("a vocabulary of " + vocabularySize + " tokens has no ids from " + FIRST_RANDOM_ID
                    + " on to make prompts of");
        }
        SplittableRandom random = new SplittableRandom(seed);
        List<int[]> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(random.ints(length, FIRST_RANDOM_ID, vocabularySize).toArray());
        }
        return new TokenPrompts(ids);
    }

    /** The prompts of a JSON file: {@code {"ids": [[4, 5], …]}}, or the array alone. */
    static TokenPrompts read(Path file, int vocabularySize) {
        try {
            JsonNode root = JsonMapper.shared().readTree(Files.readAllBytes(file));
            JsonNode rows = root.isObject() ? root.path("ids") : root;
            if (!rows.isArray() || rows.isEmpty()) {
                throw new InputException(file + ": must hold {\"ids\": [[4, 5, …], …]} with at least one prompt");
            }
            List<int[]> ids = new ArrayList<>();
            for (int row = 0; row < rows.size(); row++) {
                ids.add(row(file, rows.get(row), row, vocabularySize));
            }
            return new TokenPrompts(ids);
        } catch (JacksonException e) {
            throw new InputException(file + ": is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    private static int[] row(Path file, JsonNode row, int number, int vocabularySize) {
        int[] ids = IntStream.range(0, row.size())
                .map(i -> id(file, row.get(i), number, vocabularySize))
                .toArray();
        if (ids.length == 0) {
            throw new InputException(file + ": ids[" + number + "] = " + row + ", must be a list of token ids");
        }
        return ids;
    }

    private static int id(Path file, JsonNode id, int number, int vocabularySize) {
        if (!id.isInt() || id.intValue() < 0 || id.intValue() >= vocabularySize) {
            throw new InputException(
                    file + ": ids[" + number + "] holds " + id + ", must be token ids in 0.." + (vocabularySize - 1));
        }
        return id.intValue();
    }

    int longest() {
        return ids.stream().mapToInt(prompt -> prompt.length).max().orElseThrow();
    }

    PromptSource source(long seed) {
        List<Prompt> prompts = ids.stream().map(each -> new Prompt("", each)).toList();
        return new PromptSource(prompts, PromptSource.Order.SHUFFLED, new Seeds(seed));
    }
}
