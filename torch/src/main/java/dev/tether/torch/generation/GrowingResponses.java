package dev.tether.torch.generation;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.GrowingRows;
import dev.tether.torch.network.PackedLm;
import dev.tether.trainer.model.Sampling;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** The responses to some prompts while they grow. Rows that have ended leave the batch when that pays. */
final class GrowingResponses {
    /** Rows are dropped when at least this share of the batch has ended; dropping copies the cache of the others. */
    private static final double ENDED_SHARE = 0.25;

    private final PackedLm model;
    private final int[][] prompts;
    private final Sampling sampling;
    private final int[] stopIds;
    private final double[][] uniforms;
    private final int[][] tokens;
    private final double[][] logprobs;
    private final double[][] entropy;
    private final int[] lengths;
    private final boolean[] stopped;
    /** The rows that are in the network's batch, in its order. */
    private int[] inBatch;

    GrowingResponses(PackedLm model, int[][] prompts, Sampling sampling, int[] stopIds, long seed) {
        this.model = model;
        this.prompts = prompts;
        this.sampling = sampling;
        this.stopIds = stopIds;
        int rows = prompts.length;
        uniforms = new double[rows][];
        for (int b = 0; b < rows; b++) {
            uniforms[b] = Uniforms.ofRow(seed, b, sampling.maxNewTokens());
        }
        tokens = new int[rows][sampling.maxNewTokens()];
        logprobs = new double[rows][sampling.maxNewTokens()];
        entropy = new double[rows][sampling.maxNewTokens()];
        lengths = new int[rows];
        stopped = new boolean[rows];
        inBatch = IntStream.range(0, rows).toArray();
    }

    void growToTheEnd() {
        int longest = Arrays.stream(prompts).mapToInt(p -> p.length).max().orElseThrow();
        TokenChooser chooser = new TokenChooser(sampling);
        try (GrowingRows network = new GrowingRows(model, longest + sampling.maxNewTokens())) {
            long[] last = null;
            for (int step = 0; step < sampling.maxNewTokens(); step++) {
                int now = step;
                long[] before = last;
                last = Scoped.compute(() -> {
                    Tensor logits = now == 0 ? network.readPrompts(prompts) : network.append(before);
                    return record(chooser.choose(logits, uniformsAt(now)));
                });
                if (allEnded()) {
                    return;
                }
                last = dropEnded(network, last);
            }
        }
    }

    private double[] uniformsAt(int step) {
        return Arrays.stream(inBatch).mapToDouble(b -> uniforms[b][step]).toArray();
    }

    private long[] record(TokenChooser.Chosen chosen) {
        for (int i = 0; i < inBatch.length; i++) {
            int b = inBatch[i];
            if (!stopped[b]) {
                int id = (int) chosen.ids()[i];
                tokens[b][lengths[b]] = id;
                entropy[b][lengths[b]] = chosen.entropy()[i];
                logprobs[b][lengths[b]++] = chosen.logprobs()[i];
                stopped[b] = Arrays.stream(stopIds).anyMatch(stop -> stop == id);
            }
        }
        return chosen.ids();
    }

    private boolean allEnded() {
        return Arrays.stream(inBatch).allMatch(b -> stopped[b]);
    }

    /** @return the last tokens of the rows that stay */
    private long[] dropEnded(GrowingRows network, long[] last) {
        int[] staying = IntStream.range(0, inBatch.length)
                .filter(i -> !stopped[inBatch[i]])
                .toArray();
        if (inBatch.length - staying.length < Math.max(1, ENDED_SHARE * inBatch.length)) {
            return last;
        }
        network.keepRows(staying);
        inBatch = Arrays.stream(staying).map(i -> inBatch[i]).toArray();
        return Arrays.stream(staying).mapToLong(i -> last[i]).toArray();
    }

    int[][] tokens() {
        return tokens;
    }

    double[][] logprobs() {
        return logprobs;
    }

    /** 0 where tokens are not drawn from the whole of what the model says. */
    double[][] entropy() {
        return entropy;
    }

    int[] lengths() {
        return lengths;
    }

    /** True where a stop token ended the response. */
    boolean[] stopped() {
        return stopped;
    }
}
