package dev.tether.trainer.reward;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * A learned reward: the sum of a weight for each word and mark of the response, in logits of being preferred. It knows
 * nothing of order and nothing of enough, which is what makes it a proxy that can be hacked.
 *
 * @param weights by word or mark, in lower case; what is not listed weighs 0
 */
public record PreferenceReward(Map<String, Double> weights) implements RewardModel {
    private static final JsonMapper JSON = JsonMapper.shared();

    public PreferenceReward {
        weights.forEach((word, weight) -> {
            if (!Double.isFinite(weight)) {
                throw new IllegalArgumentException("weight of \"" + word + "\" = " + weight + ", must be finite");
            }
        });
        weights = new TreeMap<>(weights);
    }

    @Override
    public double[] score(List<Episode> episodes) {
        return episodes.stream()
                .mapToDouble(episode -> score(episode.response()))
                .toArray();
    }

    /** Of one response, in logits. */
    public double score(String response) {
        double sum = 0;
        for (Map.Entry<String, Integer> word : WordCounts.of(response).entrySet()) {
            sum += word.getValue() * weights.getOrDefault(word.getKey(), 0.0);
        }
        return sum;
    }

    /** Reads what {@link #write} wrote: a JSON object of weights by word. */
    public static PreferenceReward read(Path file) {
        try {
            return new PreferenceReward(
                    JSON.readValue(Files.readAllBytes(file), new TypeReference<Map<String, Double>>() {}));
        } catch (JacksonException e) {
            throw new InputException(file + ": is no JSON object of weights by word: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new InputException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** Writes the weights, whole or not at all. */
    public void write(Path file) {
        AtomicFiles.writeFile(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(weights) + "\n");
    }
}
