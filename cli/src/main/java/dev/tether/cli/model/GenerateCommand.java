package dev.tether.cli.model;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.console.Screen;
import dev.tether.cli.console.Words;
import dev.tether.run.InputException;
import dev.tether.run.report.TokenPage;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.TorchReferenceModel;
import dev.tether.trainer.model.ExactKl;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.Tokenizer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Lets a model go on with a text, and asks another what it thinks of that. */
@Command(
        name = "generate",
        header = "A model's answer to a prompt, and how far it is from another model.",
        description = {
            "Prints the prompt with its answer. With --against, also a table of the answer's tokens: their logprobs under "
                    + "both models in nats, the log-ratio (positive: the first model likes the token more), whose sum is "
                    + "the k1 reading of KL(model || other) on this answer, and the exact KL of the two models at each "
                    + "position; and where that KL was spent. On a terminal the answer is painted by log-ratio. Both are "
                    + "read at the temperature of the sampling (1 when greedy).",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether generate --model builtin:reviews --prompt \"I bought this lamp\"",
            "  tether generate --model runs/NAME/model --against builtin:reviews --prompt \"I bought this lamp\"",
            "  tether generate --model runs/NAME/model --against builtin:reviews --prompt \"…\" --html answer.html",
            "  tether generate --model DIR --adapter runs/NAME/adapter --against DIR --prompt \"Once upon a time\"",
            "  tether generate --model DIR --prompt \"Once upon a time\" --greedy --json"
        })
public final class GenerateCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Spec
    private CommandSpec spec;

    @Mixin
    private ReadModel model;

    @Option(names = "--prompt", paramLabel = "TEXT", required = true, description = "The text to go on with.")
    private String prompt;

    @Option(names = "--against", paramLabel = "DIR", description = "A second model of the same vocabulary.")
    private Optional<String> against;

    @Option(names = "--html", paramLabel = "FILE", description = "With --against: also write a page of painted tokens.")
    private Optional<Path> html;

    @Option(names = "--greedy", description = "Always the most likely token.")
    private boolean greedy;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "48",
            description = "Longest answer. Default: ${DEFAULT-VALUE}.")
    private int maxNewTokens;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            defaultValue = "1",
            description = "Divides the logits. Default: ${DEFAULT-VALUE}.")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "N",
            defaultValue = "0",
            description = "Only the N most likely tokens; 0 = all. Default: ${DEFAULT-VALUE}.")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Only the likeliest tokens that make up this share. Default: ${DEFAULT-VALUE}.")
    private double topP;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "17", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--json", description = "Answer in JSON, token ids included.")
    private boolean json;

    @Mixin
    private Screen screen;

    /** An answer, read by the model that gave it, and by the other where there is one. */
    private record Answer(
            int[] promptIds, String text, StopReason stopReason, ReadTokens tokens, Optional<Comparison> comparison) {}

    @Override
    public Integer call() {
        if (html.isPresent() && against.isEmpty()) {
            throw new InputException("--html paints an answer by a second model: give one with --against");
        }
        Sampling sampling = greedy
                ? Sampling.greedy(maxNewTokens)
                : new Sampling(maxNewTokens, temperature, topK, topP, new int[0]);
        Tokenizer tokenizer = LanguageModels.openTokenizer(model.directory());
        Optional<Path> other = against.map(ModelNames::directory);
        other.ifPresent(directory -> requireSameVocabulary(tokenizer, directory));
        Answer answer = answer(tokenizer, sampling, other);
        html.ifPresent(file -> page(answer).write(file));
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? json(answer) : text(answer));
        html.filter(file -> !json).ifPresent(file -> out.println("page: " + file));
        out.flush();
        return ExitCode.DONE;
    }

    private Answer answer(Tokenizer tokenizer, Sampling sampling, Optional<Path> other) {
        int[] promptIds = tokenizer.encode(prompt);
        if (promptIds.length == 0) {
            throw new InputException("--prompt has no token: at least one is needed");
        }
        try (TorchPolicyModel policy = model.open()) {
            Generation generation = policy.generate(new int[][] {promptIds}, sampling, seed);
            int[] response = Arrays.copyOf(
                    generation.responses()[0], generation.responseMask().counted(0));
            TokenBatch batch = ReadTokens.batch(promptIds, response);
            ReadTokens tokens = ReadTokens.of(response, policy.evaluate(batch, readingTemperature()), tokenizer);
            return new Answer(
                    promptIds,
                    tokenizer.decodeAfter(promptIds, response),
                    generation.stopReasons()[0],
                    tokens,
                    other.map(directory -> compared(policy, directory, batch, tokens)));
        }
    }

    private Comparison compared(TorchPolicyModel policy, Path directory, TokenBatch batch, ReadTokens tokens) {
        try (TorchReferenceModel other = LanguageModels.openReference(directory, ModelSettings.inference())) {
            double[] refLogprobs = other.logprobs(batch, readingTemperature())[0];
            ExactKl exact = LanguageModels.openBeltProbe(policy, other).exactKl(batch, readingTemperature());
            return new Comparison(tokens, refLogprobs, exact.policyToReference()[0]);
        }
    }

    private double readingTemperature() {
        return greedy || temperature == 0 ? 1 : temperature;
    }

    private void requireSameVocabulary(Tokenizer tokenizer, Path other) {
        int size = LanguageModels.openTokenizer(other).vocabularySize();
        if (size != tokenizer.vocabularySize()) {
            throw new InputException("--against " + other + " has a vocabulary of " + size + " tokens, " + model.name()
                    + " one of " + tokenizer.vocabularySize() + ": only models of the same vocabulary can be compared");
        }
    }

    private String text(Answer answer) {
        return answer.comparison()
                .map(other ->
                        prompt + (screen.isColoured() ? other.painted() : answer.text()) + "\n\n" + other.text(screen))
                .orElse(prompt + answer.text());
    }

    private TokenPage page(Answer answer) {
        Comparison comparison = answer.comparison().orElseThrow();
        List<String> facts = new ArrayList<>(comparison.summary());
        facts.add(greedy ? "greedy" : "temperature " + temperature + ", seed " + seed);
        return comparison.page(model.name() + " against " + against.orElseThrow(), facts, prompt);
    }

    private String json(Answer answer) {
        ReadTokens tokens = answer.tokens();
        ObjectNode json = JSON.createObjectNode();
        json.put("prompt", prompt);
        json.put("response", answer.text());
        json.put("stop_reason", Words.name(answer.stopReason()));
        json.set("prompt_ids", JSON.valueToTree(answer.promptIds()));
        json.set("response_ids", JSON.valueToTree(tokens.ids()));
        json.set("tokens", JSON.valueToTree(tokens.texts()));
        json.set("logprobs", JSON.valueToTree(tokens.logprobs()));
        json.set("entropies", JSON.valueToTree(tokens.entropies()));
        answer.comparison().ifPresent(other -> {
            json.set("ref_logprobs", JSON.valueToTree(other.refLogprobs()));
            json.set("log_ratios", JSON.valueToTree(other.logRatios()));
            json.set("exact_kl", JSON.valueToTree(other.exactNats()));
            json.put("sum_log_ratios", other.sum());
            json.put("sum_exact_kl", other.exactSum());
        });
        return json.toString();
    }
}
