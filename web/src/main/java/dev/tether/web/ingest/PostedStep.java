package dev.tether.web.ingest;

import dev.tether.run.ingest.IngestedSequence;
import dev.tether.run.ingest.IngestedStep;
import dev.tether.run.ingest.SequenceText;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads the lines of a posted step: its head, then one per sequence; docs/ingest.md describes them. */
final class PostedStep {
    private static final Set<String> HEAD = new TreeSet<>(Set.of("step", "sequences", "figures"));
    private static final Set<String> SEQUENCE = new TreeSet<>(Set.of(
            "logprobs",
            "ref_logprobs",
            "mask",
            "score",
            "gold_score",
            "ended",
            "prompt",
            "response",
            "prompt_ids",
            "response_ids",
            "response_tokens"));

    private final PostLines lines;
    private final IngestLimits limits;
    private long tokens;

    private PostedStep(InputStream body, IngestLimits limits) {
        this.lines = new PostLines(body, limits);
        this.limits = limits;
    }

    /** What the first line says. */
    private static final class Head {
        private Long step;
        private Long sequences;
        private final Map<String, Double> figures = new TreeMap<>();
    }

    /** What a further line says. */
    private static final class Row {
        private double[] logprobs;
        private double[] refLogprobs;
        private boolean[] mask;
        private Double score;
        private OptionalDouble goldScore = OptionalDouble.empty();
        private Optional<Boolean> ended = Optional.empty();
        private Optional<String> prompt = Optional.empty();
        private Optional<String> response = Optional.empty();
        private Optional<int[]> promptIds = Optional.empty();
        private Optional<int[]> responseIds = Optional.empty();
        private Optional<List<String>> responseTokens = Optional.empty();
    }

    /**
     * Reads a body to its end.
     *
     * @param length that was announced; −1 where none was
     * @throws RefusedPostException naming the line and the law that it breaks
     * @throws IOException where the body cannot be read on
     */
    static IngestedStep read(InputStream body, long length, IngestLimits limits) throws IOException {
        return new PostedStep(body, limits).step(length);
    }

    private IngestedStep step(long length) throws IOException {
        byte[] first = lines.next()
                .orElseThrow(() -> new RefusedPostException(RefusedPostException.BAD, 0, "the body is empty"));
        Head head = atThisLine(() -> head(first));
        List<IngestedSequence> sequences = new ArrayList<>();
        for (var line = lines.next(); line.isPresent(); line = lines.next()) {
            byte[] bytes = line.get();
            sequences.add(atThisLine(() -> sequence(bytes)));
            requireRoom(sequences.size());
        }
        if (length >= 0 && lines.total() != length) {
            throw new IOException("the body ended after " + lines.total() + " of " + length + " bytes");
        }
        if (sequences.size() != head.sequences) {
            throw new RefusedPostException(
                    RefusedPostException.BAD,
                    1,
                    "sequences = " + head.sequences + ", but " + sequences.size() + " lines of sequences follow");
        }
        return atThisLine(0, () -> new IngestedStep(head.step, head.figures, sequences, lines.digest()));
    }

    private void requireRoom(int sequences) {
        if (sequences > limits.sequences() || tokens > limits.tokens()) {
            throw new RefusedPostException(
                    RefusedPostException.TOO_LARGE,
                    lines.number(),
                    "a step has " + limits.sequences() + " sequences and " + limits.tokens() + " tokens at most");
        }
    }

    private Head head(byte[] line) {
        Head head = new Head();
        try (JsonLine json = JsonLine.of(line, 0)) {
            json.object(HEAD, key -> {
                switch (key) {
                    case "step" -> head.step = json.whole();
                    case "sequences" -> head.sequences = json.whole();
                    default -> json.inner(Set.of(), figure -> head.figures.put(figure, json.number()));
                }
            });
        }
        requireGiven("step", head.step);
        requireGiven("sequences", head.sequences);
        return head;
    }

    private IngestedSequence sequence(byte[] line) {
        Row row = new Row();
        try (JsonLine json = JsonLine.of(line, limits.tokens())) {
            json.object(SEQUENCE, key -> {
                switch (key) {
                    case "logprobs" -> row.logprobs = json.numbers();
                    case "ref_logprobs" -> row.refLogprobs = json.numbers();
                    case "mask" -> row.mask = json.mask();
                    case "score" -> row.score = json.number();
                    case "gold_score" -> row.goldScore = OptionalDouble.of(json.number());
                    case "ended" -> row.ended = Optional.of(json.truth());
                    case "prompt" -> row.prompt = Optional.of(json.text());
                    case "response" -> row.response = Optional.of(json.text());
                    case "prompt_ids" -> row.promptIds = Optional.of(json.ids());
                    case "response_ids" -> row.responseIds = Optional.of(json.ids());
                    default -> row.responseTokens = Optional.of(json.texts());
                }
            });
        }
        requireGiven("logprobs", row.logprobs);
        requireGiven("ref_logprobs", row.refLogprobs);
        requireGiven("score", row.score);
        tokens += row.logprobs.length;
        return new IngestedSequence(
                row.logprobs,
                row.refLogprobs,
                row.mask == null ? all(row.logprobs.length) : row.mask,
                row.score,
                row.goldScore,
                row.ended,
                new SequenceText(row.prompt, row.response, row.promptIds, row.responseIds, row.responseTokens));
    }

    private static boolean[] all(int length) {
        boolean[] mask = new boolean[length];
        Arrays.fill(mask, true);
        return mask;
    }

    private static void requireGiven(String key, Object value) {
        if (value == null) {
            throw new IllegalArgumentException("has no \"" + key + "\"");
        }
    }

    private interface Reading<T> {
        T read();
    }

    private <T> T atThisLine(Reading<T> reading) {
        return atThisLine(lines.number(), reading);
    }

    private static <T> T atThisLine(int line, Reading<T> reading) {
        try {
            return reading.read();
        } catch (RefusedPostException e) {
            throw new RefusedPostException(e.status(), line, e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new RefusedPostException(RefusedPostException.BAD, line, e.getMessage());
        }
    }
}
