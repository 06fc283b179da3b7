package dev.tether.cli.pretrain;

import dev.tether.run.InputException;
import dev.tether.torch.pretrain.PretrainReport;
import dev.tether.trainer.world.ReviewGrammar;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** The grammar of reviews as a source of texts to learn from and of prompts. */
final class ReviewWorld {
    private static final String NAME = "reviews";
    private static final int PROMPTS = 360;

    private final ReviewGrammar grammar = ReviewGrammar.standard();
    private final long seed;

    private ReviewWorld(long seed) {
        this.seed = seed;
    }

    static ReviewWorld named(String name, long seed) {
        if (!name.equals(NAME)) {
            throw new InputException("there is no world \"" + name + "\"; there is: " + NAME);
        }
        return new ReviewWorld(seed);
    }

    List<String> documents(int count) {
        if (count < 2) {
            throw new InputException("--documents = " + count + ", must be at least 2");
        }
        Random random = new Random(seed);
        return Stream.generate(() -> grammar.sample(random).text()).limit(count).toList();
    }

    /** Prompts as JSON lines. */
    String prompts() {
        return grammar.prompts(PROMPTS, new Random(seed)).stream()
                .map(prompt -> JsonMapper.shared().writeValueAsString(Map.of("prompt", prompt)) + "\n")
                .collect(Collectors.joining());
    }

    /** How far the model is from the grammar, measured on the reviews held out. */
    String comparison(PretrainReport report) {
        double[] distances = report.heldOut().stream()
                .mapToDouble(review -> review.nats() + grammar.logProbability(review.document()))
                .toArray();
        double mean = Arrays.stream(distances).average().orElseThrow();
        double squares = 0;
        for (double distance : distances) {
            squares += (distance - mean) * (distance - mean);
        }
        double error = Math.sqrt(squares / Math.max(1, distances.length - 1) / distances.length);
        return String.format(
                Locale.ROOT,
                "the grammar's own entropy on them: %.3f nats per document; KL(grammar || model) = %.3f +- %.3f",
                report.natsPerDocument() - mean,
                mean,
                error);
    }
}
