package dev.tether.cli.model;

import dev.tether.cli.console.ExitCode;
import dev.tether.run.InputException;
import dev.tether.torch.LanguageModels;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.Tokenizer;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads a text as a model would, token by token. */
@Command(
        name = "score",
        header = "The log-probability and entropy of every token of a text.",
        description = "The first token has nothing before it and therefore no figures. Nats; the entropy is the exact "
                + "one of the model's distribution at that place.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether score --model runs/NAME/model --text \"The chair is great!\"",
            "  tether score --model DIR --ids 1,403,407,261 --json"
        })
public final class ScoreCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What to read, one way or the other. */
    static final class Input {
        @Option(names = "--text", paramLabel = "TEXT", required = true, description = "The text to read.")
        private String text;

        @Option(names = "--ids", paramLabel = "1,2,3", required = true, description = "Its token ids instead.")
        private String ids;
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private ReadModel model;

    @ArgGroup(multiplicity = "1")
    private Input input;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Override
    public Integer call() {
        Tokenizer tokenizer = LanguageModels.openTokenizer(model.directory());
        int[] ids = ids(tokenizer);
        ReadTokens read;
        try (PolicyModel policy = model.open()) {
            int[] first = Arrays.copyOf(ids, 1);
            int[] rest = Arrays.copyOfRange(ids, 1, ids.length);
            read = ReadTokens.of(rest, policy.evaluate(ReadTokens.batch(first, rest), 1), tokenizer);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? json(ids, read, tokenizer) : text(read));
        out.flush();
        return ExitCode.DONE;
    }

    private int[] ids(Tokenizer tokenizer) {
        int[] ids = input.text != null ? tokenizer.encode(input.text) : numbers(input.ids);
        if (ids.length < 2) {
            throw new InputException("a text of " + ids.length
                    + " tokens has nothing to score: the first token has no figures, so at least 2 are needed");
        }
        for (int id : ids) {
            if (id < 0 || id >= tokenizer.vocabularySize()) {
                throw new InputException("token id " + id + ", must be in 0.." + (tokenizer.vocabularySize() - 1)
                        + " (the model's vocabulary)");
            }
        }
        return ids;
    }

    private static int[] numbers(String list) {
        try {
            return Arrays.stream(list.split(","))
                    .mapToInt(id -> Integer.parseInt(id.strip()))
                    .toArray();
        } catch (NumberFormatException e) {
            throw new InputException("--ids " + list + ", must be whole numbers with commas between them", e);
        }
    }

    private static String text(ReadTokens read) {
        double mean = read.sumOfLogprobs() / read.size();
        return read.table("logprob entropy", t -> new double[] {read.logprobs()[t], read.entropies()[t]})
                + String.format(
                        Locale.ROOT,
                        "%n%n%d tokens, logprob %.4f in all, %.4f per token, perplexity %.4g",
                        read.size(),
                        read.sumOfLogprobs(),
                        mean,
                        Math.exp(-mean));
    }

    private static String json(int[] ids, ReadTokens read, Tokenizer tokenizer) {
        ObjectNode json = JSON.createObjectNode();
        json.set("ids", JSON.valueToTree(ids));
        json.set(
                "tokens",
                JSON.valueToTree(
                        Arrays.stream(ids).mapToObj(tokenizer::tokenText).toList()));
        json.set("logprobs", JSON.valueToTree(behindUnknown(read.logprobs())));
        json.set("entropies", JSON.valueToTree(behindUnknown(read.entropies())));
        json.put("sum_logprobs", read.sumOfLogprobs());
        json.put("mean_logprob", read.sumOfLogprobs() / read.size());
        json.put("perplexity", Math.exp(-read.sumOfLogprobs() / read.size()));
        return json.toString();
    }

    /** The figures of all tokens, those of the first unknown. */
    private static Double[] behindUnknown(double[] values) {
        return IntStream.range(0, values.length + 1)
                .mapToObj(t -> t == 0 ? null : (Double) values[t - 1])
                .toArray(Double[]::new);
    }
}
