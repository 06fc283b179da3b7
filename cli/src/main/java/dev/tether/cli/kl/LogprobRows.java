package dev.tether.cli.kl;

import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import dev.tether.run.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads rows of logprobs, one JSON object per line. Of a row only these keys are looked at: {@code logprobs},
 * {@code ref_logprobs}, {@code mask} (or {@code response_mask}; true or 1 = counts), {@code reward} (or {@code score}; a
 * number, or one per token), {@code top_logprobs} with {@code ref_top_logprobs} (per token, those of the likeliest tokens).
 * What stands at uncounted positions is never looked at.
 */
final class LogprobRows {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final String source;

    LogprobRows(String source) {
        this.source = source;
    }

    /** Every row; at least one. */
    List<LogprobRow> read(BufferedReader reader) throws IOException {
        List<LogprobRow> rows = new ArrayList<>();
        int number = 0;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (!line.isBlank()) {
                rows.add(row(number, line));
            }
        }
        if (rows.isEmpty()) {
            throw new InputException(source + " has no row: at least one is needed");
        }
        return rows;
    }

    private LogprobRow row(int number, String line) {
        try {
            return row(number, JSON.readTree(line));
        } catch (JacksonException e) {
            throw new InputException(place(number) + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            // the row is a batch of one: its index tells the user nothing
            throw new InputException(place(number) + ": " + e.getMessage().replace("[0][", "["), e);
        }
    }

    private static LogprobRow row(int number, JsonNode row) {
        require(row.isObject(), "must be a JSON object such as {\"logprobs\": [-1.2], \"ref_logprobs\": [-1.1]}");
        JsonNode logprobs = array(row, "logprobs");
        JsonNode refLogprobs = array(row, "ref_logprobs");
        int width = logprobs.size();
        require(
                refLogprobs.size() == width,
                "logprobs has " + width + " tokens, ref_logprobs " + refLogprobs.size() + ": they must agree");
        boolean[] counts = counts(row, width);
        ResponseMask mask = ResponseMask.of(new boolean[][] {counts});
        double[][] policy = {numbers("logprobs", logprobs, counts)};
        double[][] reference = {numbers("ref_logprobs", refLogprobs, counts)};
        JsonNode reward = row.has("reward") ? row.get("reward") : row.path("score");
        Optional<TopLogprobs> top = top(row, counts);
        top.ifPresent(given -> given.bounds(mask, Double.NEGATIVE_INFINITY)); // refused here, where the place is known
        return new LogprobRow(
                number, new LogprobPair(policy, reference, mask), score(reward), rewards(reward, counts), top);
    }

    private static Optional<TopLogprobs> top(JsonNode row, boolean[] counts) {
        boolean given = row.has("top_logprobs") || row.has("ref_top_logprobs");
        return given
                ? Optional.of(
                        new TopLogprobs(matrix(row, "top_logprobs", counts), matrix(row, "ref_top_logprobs", counts)))
                : Optional.empty();
    }

    private static double[][] matrix(JsonNode row, String key, boolean[] counts) {
        JsonNode positions = array(row, key);
        require(
                positions.size() == counts.length,
                key + " has " + positions.size() + " tokens, logprobs " + counts.length);
        double[][] matrix = new double[counts.length][];
        for (int t = 0; t < counts.length; t++) {
            if (counts[t]) {
                String place = key + "[" + t + "]";
                JsonNode values = positions.get(t);
                require(values.isArray() && !values.isEmpty(), place + " must be an array of logprobs");
                boolean[] all = new boolean[values.size()];
                Arrays.fill(all, true);
                matrix[t] = numbers(place, values, all);
            }
        }
        return matrix;
    }

    private static JsonNode array(JsonNode row, String key) {
        JsonNode value = row.path(key);
        require(
                !value.isMissingNode(),
                "no \"" + key + "\"; the row has "
                        + (row.isEmpty() ? "no key" : String.join(", ", row.propertyNames())));
        require(value.isArray(), "\"" + key + "\" must be an array of numbers, one per token");
        return value;
    }

    private static boolean[] counts(JsonNode row, int width) {
        JsonNode mask = row.has("mask") ? row.get("mask") : row.path("response_mask");
        boolean[] counts = new boolean[width];
        boolean given = !mask.isMissingNode() && !mask.isNull();
        require(!given || mask.isArray(), "\"mask\" must be an array of true and false, or 1 and 0");
        require(!given || mask.size() == width, "mask has " + mask.size() + " tokens, logprobs " + width);
        for (int t = 0; t < width; t++) {
            counts[t] = !given || truth(mask.get(t), t);
        }
        return counts;
    }

    private static boolean truth(JsonNode value, int token) {
        boolean number = value.isNumber() && (value.doubleValue() == 0 || value.doubleValue() == 1);
        require(number || value.isBoolean(), "mask[" + token + "] = " + value + ", must be true or false, or 1 or 0");
        return number ? value.doubleValue() == 1 : value.booleanValue();
    }

    private static double[] numbers(String name, JsonNode values, boolean[] counts) {
        double[] numbers = new double[values.size()];
        for (int t = 0; t < numbers.length; t++) {
            if (counts[t]) {
                require(values.get(t).isNumber(), name + "[" + t + "] = " + values.get(t) + ", must be a number");
                numbers[t] = values.get(t).doubleValue();
            }
        }
        return numbers;
    }

    private static OptionalDouble score(JsonNode reward) {
        if (reward.isMissingNode() || reward.isNull() || reward.isArray()) {
            return OptionalDouble.empty();
        }
        require(reward.isNumber(), "reward = " + reward + ", must be a number, or an array of one per token");
        double score = reward.doubleValue();
        require(Double.isFinite(score), "reward = " + score + ", must be finite");
        return OptionalDouble.of(score);
    }

    private static double[] rewards(JsonNode reward, boolean[] counts) {
        if (!reward.isArray()) {
            return new double[0];
        }
        require(reward.size() == counts.length, "reward has " + reward.size() + " tokens, logprobs " + counts.length);
        double[] rewards = numbers("reward", reward, counts);
        for (int t = 0; t < rewards.length; t++) {
            require(Double.isFinite(rewards[t]), "reward[" + t + "] = " + rewards[t] + ", must be finite");
        }
        return rewards;
    }

    private static void require(boolean holds, String law) {
        if (!holds) {
            throw new IllegalArgumentException(law);
        }
    }

    private String place(int number) {
        return source + " line " + number;
    }
}
