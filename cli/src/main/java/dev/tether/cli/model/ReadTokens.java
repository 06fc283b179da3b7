package dev.tether.cli.model;

import dev.tether.core.kl.ResponseMask;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Tokens with what a model says of each, given those before it.
 *
 * @param ids [T]
 * @param texts [T] the text of each token alone
 * @param logprobs [T] nats
 * @param entropies [T] nats
 */
record ReadTokens(int[] ids, List<String> texts, double[] logprobs, double[] entropies) {
    private static final int WIDTH = 24;

    static ReadTokens of(int[] ids, Evaluation evaluation, Tokenizer tokenizer) {
        List<String> texts = Arrays.stream(ids).mapToObj(tokenizer::tokenText).toList();
        return new ReadTokens(ids, texts, evaluation.logprobs()[0], evaluation.entropy()[0]);
    }

    /** A batch of this one prompt and response, every token of the response counted. */
    static TokenBatch batch(int[] prompt, int[] response) {
        return new TokenBatch(new int[][] {prompt}, new int[][] {response}, ResponseMask.all(1, response.length));
    }

    int size() {
        return ids.length;
    }

    double sumOfLogprobs() {
        return Arrays.stream(logprobs).sum();
    }

    /** A table with the column {@code heads}, separated by spaces; {@code row} gives the figures of a token. */
    String table(String heads, IntFunction<double[]> row) {
        StringBuilder table = new StringBuilder();
        table.append(String.format(Locale.ROOT, "%-" + WIDTH + "s %7s", "token", "id"));
        Arrays.stream(heads.split(" ")).forEach(head -> table.append(String.format(Locale.ROOT, " %10s", head)));
        IntStream.range(0, size()).forEach(t -> {
            table.append(String.format(Locale.ROOT, "%n%-" + WIDTH + "s %7d", shown(t), ids[t]));
            Arrays.stream(row.apply(t)).forEach(value -> table.append(String.format(Locale.ROOT, " %10.4f", value)));
        });
        return table.toString();
    }

    /** Quoted, with line breaks visible. */
    private String shown(int token) {
        String text = texts.get(token).replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r");
        return "\"" + (text.length() <= WIDTH - 2 ? text : text.substring(0, WIDTH - 3) + "…") + "\"";
    }
}
