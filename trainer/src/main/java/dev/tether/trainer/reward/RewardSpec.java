package dev.tether.trainer.reward;

import dev.tether.run.InputException;
import dev.tether.trainer.world.ReviewGold;
import dev.tether.trainer.world.ReviewGrammar;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** Turns the one-line name of a reward, {@code KIND} or {@code KIND:ARGUMENT}, into a {@link RewardModel}. */
public final class RewardSpec {
    /** The kinds of reward that have a name. */
    public enum Kind {
        LEXICON("lexicon", "mean valence of words and signs, by Tether's own list of praise and complaint"),
        LEXICON_FILE("lexicon:FILE", "the same with a list in VADER's format: token, tab, mean valence"),
        LENGTH("length:N", "1 at N tokens, falling by 1/N per token too many or too few"),
        KEYWORD("keyword:A,B,C", "share of the keywords that the response holds, as whole words"),
        REGEX("regex:PATTERN", "number of matches of a Java regular expression"),
        REGEX_SHARE("regex-share:PATTERN", "share of the response's characters inside matches, 0..1"),
        PREFERENCES("preferences:FILE", "weights of words learned from preferences, as tether demo writes them"),
        REVIEWS("reviews", "what is really wanted in the built-in world: quality times stars, 0..1"),
        MODEL(
                "model:DIR",
                "a reward model (also model:hf:org/name): sequence classifier with one label, or language model with a value head"),
        ONNX("onnx:DIR", "a classifier in ONNX form, model.onnx; onnx:DIR#label=K where it has several labels"),
        HTTP("http://HOST/PATH", "a service that answers a batch of episodes with their scores, both as JSON"),
        CLASS("class:NAME", "your own dev.tether.trainer.reward.RewardModel, found on TETHER_CLASSPATH");

        private final String form;
        private final String meaning;

        Kind(String form, String meaning) {
            this.form = form;
            this.meaning = meaning;
        }

        /** How it is written, such as {@code length:N}. */
        public String form() {
            return form;
        }

        /** What it scores, in one line. */
        public String meaning() {
            return meaning;
        }
    }

    private RewardSpec() {}

    /**
     * The reward that {@code spec} names.
     *
     * @throws InputException when there is no such kind, or its argument cannot be used
     */
    public static RewardModel parse(String spec) {
        return parse(spec, name -> {
            throw new InputException("reward \"" + spec + "\": no model can be run here");
        });
    }

    /** {@link #parse(String)} where models can be run, by {@code models}. */
    public static RewardModel parse(String spec, RewardModels models) {
        int colon = spec.indexOf(':');
        String kind = (colon < 0 ? spec : spec.substring(0, colon)).strip();
        String argument = colon < 0 ? "" : spec.substring(colon + 1);
        return switch (kind) {
            case "lexicon" -> new LexiconReward(colon < 0 ? Lexicon.builtIn() : Lexicon.read(path(spec, argument)));
            case "length" -> new LengthReward(tokens(spec, argument));
            case "keyword" -> new KeywordReward(keywords(spec, argument));
            case "regex" -> new RegexReward(pattern(spec, argument), RegexReward.Measure.COUNT);
            case "regex-share" -> new RegexReward(pattern(spec, argument), RegexReward.Measure.SHARE);
            case "preferences" -> PreferenceReward.read(path(spec, argument));
            case "reviews" -> reviews();
            case "model" ->
                models.open(required(spec, argument, "a model directory").strip());
            case "onnx" ->
                models.openOnnx(
                        required(spec, argument, "a directory with model.onnx").strip());
            case "http", "https" -> new HttpReward(address(spec), token(), HttpReward.Patience.DEFAULT);
            case "class" -> RewardClass.instantiate(argument.strip());
            default ->
                throw new InputException("reward \"" + spec + "\" is of no known kind; there are "
                        + Arrays.stream(Kind.values()).map(Kind::form).collect(Collectors.joining(", ")));
        };
    }

    private static RewardModel reviews() {
        ReviewGold gold = new ReviewGold(ReviewGrammar.standard());
        return episodes -> episodes.stream()
                .mapToDouble(episode -> gold.of(episode.prompt(), episode.response()))
                .toArray();
    }

    private static URI address(String spec) {
        try {
            URI address = new URI(spec.strip());
            if (address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException e) {
            // told below, together with addresses without a host
        }
        throw new InputException("reward \"" + spec + "\": that is no address such as http://localhost:8000/score");
    }

    /** A secret that the settings, which a run keeps, must not hold. */
    private static Optional<String> token() {
        return Optional.ofNullable(System.getenv("TETHER_REWARD_TOKEN")).filter(secret -> !secret.isBlank());
    }

    private static Path path(String spec, String argument) {
        try {
            return Path.of(required(spec, argument, "a file").strip());
        } catch (InvalidPathException e) {
            throw new InputException("reward \"" + spec + "\": that is no file name", e);
        }
    }

    private static int tokens(String spec, String argument) {
        try {
            int tokens = Integer.parseInt(
                    required(spec, argument, "a number of tokens").strip());
            if (tokens >= 1) {
                return tokens;
            }
        } catch (NumberFormatException e) {
            // told below, together with the numbers below one
        }
        throw new InputException("reward \"" + spec + "\": the number of tokens must be a whole number of at least 1");
    }

    private static List<String> keywords(String spec, String argument) {
        List<String> keywords = Arrays.stream(argument.split(","))
                .map(String::strip)
                .filter(keyword -> !keyword.isEmpty())
                .distinct()
                .toList();
        if (keywords.isEmpty()) {
            throw new InputException("reward \"" + spec + "\" needs at least one word after the colon");
        }
        return keywords;
    }

    private static Pattern pattern(String spec, String argument) {
        try {
            return Pattern.compile(required(spec, argument, "a regular expression"));
        } catch (PatternSyntaxException e) {
            throw new InputException(
                    "reward \"" + spec + "\": " + e.getDescription() + " at character " + e.getIndex()
                            + " of the regular expression",
                    e);
        }
    }

    private static String required(String spec, String argument, String what) {
        if (argument.isBlank()) {
            throw new InputException("reward \"" + spec + "\" needs " + what + " after the colon");
        }
        return argument;
    }
}
