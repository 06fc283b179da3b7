package dev.tether.cli.bench;

import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.run.settings.ModelSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.torch.architecture.BlockSpec;
import dev.tether.torch.architecture.DecoderSpec;
import dev.tether.torch.architecture.LinearSpec;
import java.util.EnumSet;
import java.util.Set;

/**
 * Floating-point operations that a model's matrix products need, counted by its architecture and not by what a program
 * does: what is computed twice counts once, what padding costs counts nothing. A product of an [n][i] by an [i][o] matrix
 * is 2 · n · i · o operations. Norms, activations, softmaxes and the optimiser are left out.
 */
final class TrainingFlops {
    /** Backward makes two products of each product of the forward pass: for its input and for its weights. */
    private static final double BACKWARD = 2;

    private final DecoderSpec spec;
    private final double trunkWeights;

    TrainingFlops(DecoderSpec spec) {
        this.spec = spec;
        this.trunkWeights =
                spec.linears().stream().mapToDouble(TrainingFlops::weights).sum();
    }

    private static double weights(LinearSpec linear) {
        return (double) linear.inputs() * linear.outputs();
    }

    /** Operations of the layers on a sequence of {@code tokens}, its attention included. */
    double trunk(int tokens) {
        double attention = 0;
        for (BlockSpec block : spec.blocks()) {
            int window = block.attention().window().orElse(tokens);
            // scores and weighted values: two products over all pairs of a token and what it sees
            attention += 4.0 * block.attention().heads().querySize() * pairs(tokens, window);
        }
        return 2 * trunkWeights * tokens + attention;
    }

    /** Pairs of a token and one it attends to, itself included. */
    private static double pairs(int tokens, int window) {
        double whole = Math.min(tokens, window);
        return whole * (whole + 1) / 2 + Math.max(0.0, tokens - whole) * window;
    }

    /** Operations of the language-model head at {@code positions}. */
    double head(int positions) {
        return 2.0 * spec.width() * spec.vocabularySize() * positions;
    }

    /**
     * One reading of a prompt and its response, the head on the tokens of the response; generation with a cache of keys
     * and values needs the same. The last token is read by nobody.
     */
    double forward(int prompt, int response) {
        return trunk(prompt + response - 1) + head(response);
    }

    /** Forward and backward of one pass over a prompt and its response. */
    double update(int prompt, int response, Set<Part> parts) {
        double backward = parts.contains(Part.ADAPTERS) ? BACKWARD / 2 : BACKWARD;
        double policy = forward(prompt, response) * (1 + backward);
        double value = parts.contains(Part.VALUE_TRUNK) ? trunk(prompt + response - 1) * (1 + BACKWARD) : 0;
        double reference = parts.contains(Part.REFERENCE_IN_LOSS) ? forward(prompt, response) : 0;
        return policy + value + reference;
    }

    /** What an update may have beside a policy all of whose weights are trained. */
    enum Part {
        /** A value network of its own is trained beside. */
        VALUE_TRUNK,
        /** The weights are frozen, so that backward makes no product for them; the adapters' own products are left out. */
        ADAPTERS,
        /** The reference is read in every pass. */
        REFERENCE_IN_LOSS;

        static Set<Part> of(RunSettings settings) {
            Set<Part> parts = EnumSet.noneOf(Part.class);
            if (settings.algorithm().hasValueFunction() && settings.model().value() == ModelSettings.Value.SEPARATE) {
                parts.add(VALUE_TRUNK);
            }
            if (settings.lora().isOn()) {
                parts.add(ADAPTERS);
            }
            if (settings.belt().placement() == PenaltyPlacement.RAO_BLACKWELL_IN_LOSS) {
                parts.add(REFERENCE_IN_LOSS);
            }
            return parts;
        }
    }
}
