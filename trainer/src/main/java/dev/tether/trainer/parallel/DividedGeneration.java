package dev.tether.trainer.parallel;

import dev.tether.core.kl.ResponseMask;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.StopReason;
import java.util.Arrays;
import java.util.List;

/** Lets every process answer prompts that lie side by side, and puts the answers together. */
final class DividedGeneration {
    private DividedGeneration() {}

    /** Answers of this process. */
    @FunctionalInterface
    interface Answering {
        /** @param firstRow of the batch that {@code prompts[0]} is */
        Generation answer(int[][] prompts, int firstRow);
    }

    static Generation of(Peers peers, int[][] prompts, Answering answering) {
        int first = Shares.first(prompts.length, peers.rank(), peers.count());
        int end = Shares.first(prompts.length, peers.rank() + 1, peers.count());
        List<byte[]> parts = Together.gather(
                peers,
                "generation",
                () -> first == end
                        ? new byte[0]
                        : part(answering.answer(Arrays.copyOfRange(prompts, first, end), first)));
        return whole(parts, prompts.length);
    }

    /** A response is counted from its beginning on: what follows is padding, and stays here. */
    private static byte[] part(Generation generation) {
        PartWriter writer = new PartWriter().add(generation.responses().length);
        for (int b = 0; b < generation.responses().length; b++) {
            int length = generation.responseMask().counted(b);
            writer.add(generation.stopReasons()[b].ordinal())
                    .add(Arrays.copyOf(generation.responses()[b], length))
                    .add(Arrays.copyOf(generation.rolloutLogprobs()[b], length))
                    .add(generation.speaksForPolicy() ? Arrays.copyOf(generation.entropy()[b], length) : new double[0]);
        }
        return writer.bytes();
    }

    private static Generation whole(List<byte[]> parts, int rows) {
        int[][] responses = new int[rows][];
        double[][] logprobs = new double[rows][];
        double[][] entropy = new double[rows][];
        StopReason[] reasons = new StopReason[rows];
        int b = 0;
        for (byte[] part : parts) {
            PartReader reader = new PartReader(part);
            int more = part.length == 0 ? 0 : reader.number();
            for (int i = 0; i < more; i++, b++) {
                reasons[b] = StopReason.values()[reader.number()];
                responses[b] = reader.ints();
                logprobs[b] = reader.doubles();
                entropy[b] = reader.doubles();
            }
        }
        int[] lengths = Arrays.stream(responses).mapToInt(row -> row.length).toArray();
        int width = Arrays.stream(lengths).max().orElse(0);
        boolean speaksForPolicy = entropy[0].length > 0; // a response has one token at least
        for (int row = 0; row < rows; row++) {
            responses[row] = Arrays.copyOf(responses[row], width);
            logprobs[row] = Arrays.copyOf(logprobs[row], width);
            entropy[row] = Arrays.copyOf(entropy[row], width);
        }
        return new Generation(
                responses,
                ResponseMask.ofLengths(lengths, width),
                logprobs,
                speaksForPolicy ? entropy : new double[0][],
                reasons);
    }
}
