package dev.tether.torch.generation;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.PackedLm;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.StopReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Answers a batch of prompts. */
public final class ResponseGenerator {
    /** With fewer rows for each, threads wait less for each other than for the weights, which each reads by itself. */
    private static final int ROWS_WORTH_A_THREAD = 8;

    private ResponseGenerator() {}

    /**
     * One response per prompt, as {@link dev.tether.trainer.model.PolicyModel#generate}.
     *
     * @param stopIds ids that end a response
     * @throws IllegalArgumentException when a prompt is empty, holds an id outside of the vocabulary, or is too long
     */
    public static Generation generate(CausalLm model, int[][] prompts, Sampling sampling, int[] stopIds, long seed) {
        requirePrompts(model, prompts, sampling.maxNewTokens());
        requireStopIds(model, stopIds);
        int shares = Math.max(1, Math.min(TorchEngine.crew().size(), prompts.length / ROWS_WORTH_A_THREAD));
        int[] bounds = IntStream.rangeClosed(0, shares)
                .map(i -> prompts.length * i / shares)
                .toArray();
        List<GrowingResponses> parts = new ArrayList<>();
        try (PackedLm packed = Scoped.computeWithoutGradients(() -> model.packed(bounds[1]))) {
            for (int i = 0; i < shares; i++) {
                int[][] own = Arrays.copyOfRange(prompts, bounds[i], bounds[i + 1]);
                parts.add(new GrowingResponses(packed, own, sampling, stopIds, seedFromRow(seed, bounds[i])));
            }
            TorchEngine.crew()
                    .run(
                            shares,
                            i -> Scoped.runWithoutGradients(() -> parts.get(i).growToTheEnd()));
        }
        return rectangular(parts, sampling);
    }

    /** The seed under which a batch that begins with row {@code firstRow} of another draws as that one does. */
    public static long seedFromRow(long seed, int firstRow) {
        return Uniforms.seedFromRow(seed, firstRow);
    }

    private static Generation rectangular(List<GrowingResponses> parts, Sampling sampling) {
        int[] lengths = parts.stream()
                .flatMapToInt(part -> Arrays.stream(part.lengths()))
                .toArray();
        int width = Arrays.stream(lengths).max().orElse(0);
        int[][] responses = new int[lengths.length][];
        double[][] logprobs = new double[lengths.length][];
        double[][] entropy = new double[sampling.isOfWholeDistribution() ? lengths.length : 0][];
        StopReason[] reasons = new StopReason[lengths.length];
        int row = 0;
        for (GrowingResponses part : parts) {
            for (int b = 0; b < part.lengths().length; b++) {
                responses[row] = Arrays.copyOf(part.tokens()[b], width);
                logprobs[row] = Arrays.copyOf(part.logprobs()[b], width);
                if (entropy.length > 0) {
                    entropy[row] = Arrays.copyOf(part.entropy()[b], width);
                }
                reasons[row] = part.stopped()[b] ? StopReason.ENDED : StopReason.TRUNCATED;
                row++;
            }
        }
        return new Generation(responses, ResponseMask.ofLengths(lengths, width), logprobs, entropy, reasons);
    }

    private static void requirePrompts(CausalLm model, int[][] prompts, int maxNewTokens) {
        if (prompts.length == 0) {
            throw new IllegalArgumentException("there is no prompt");
        }
        for (int b = 0; b < prompts.length; b++) {
            int length = prompts[b].length;
            if (length == 0) {
                throw new IllegalArgumentException("prompts[" + b + "] is empty: a prompt has at least one token");
            }
            if (length + maxNewTokens > model.contextLength()) {
                throw new IllegalArgumentException("prompts[" + b + "] has " + length + " tokens and max_new_tokens is "
                        + maxNewTokens + ", together " + (length + maxNewTokens) + ": the model's context is "
                        + model.contextLength());
            }
            for (int i = 0; i < length; i++) {
                if (prompts[b][i] < 0 || prompts[b][i] >= model.vocabularySize()) {
                    throw new IllegalArgumentException("prompts[" + b + "][" + i + "] = " + prompts[b][i]
                            + ", must be a token id in 0.." + (model.vocabularySize() - 1));
                }
            }
        }
    }

    private static void requireStopIds(CausalLm model, int[] stopIds) {
        for (int id : stopIds) {
            if (id < 0 || id >= model.vocabularySize()) {
                throw new IllegalArgumentException(
                        "stop_ids has " + id + ", must be token ids in 0.." + (model.vocabularySize() - 1));
            }
        }
    }
}
