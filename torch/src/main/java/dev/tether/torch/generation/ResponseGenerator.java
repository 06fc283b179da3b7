package dev.tether.torch.generation;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.CausalLm;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.StopReason;
import java.util.Arrays;

/** Answers a batch of prompts. */
public final class ResponseGenerator {
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
        GrowingResponses responses = new GrowingResponses(model, prompts, sampling, stopIds, seed);
        Scoped.runWithoutGradients(() -> {
            responses.growToTheEnd();
        });
        return rectangular(responses);
    }

    /** The seed under which a batch that begins with row {@code firstRow} of another draws as that one does. */
    public static long seedFromRow(long seed, int firstRow) {
        return Uniforms.seedFromRow(seed, firstRow);
    }

    private static Generation rectangular(GrowingResponses grown) {
        int width = Arrays.stream(grown.lengths()).max().orElse(0);
        int rows = grown.lengths().length;
        int[][] responses = new int[rows][];
        double[][] logprobs = new double[rows][];
        StopReason[] reasons = new StopReason[rows];
        for (int b = 0; b < rows; b++) {
            responses[b] = Arrays.copyOf(grown.tokens()[b], width);
            logprobs[b] = Arrays.copyOf(grown.logprobs()[b], width);
            reasons[b] = grown.stopped()[b] ? StopReason.ENDED : StopReason.TRUNCATED;
        }
        return new Generation(responses, ResponseMask.ofLengths(grown.lengths(), width), logprobs, reasons);
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
