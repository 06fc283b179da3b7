package dev.tether.torch.probe;

import static org.bytedeco.pytorch.global.torch.log_softmax;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import java.util.Random;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * A language model whose logits are a table, one row per prefix, over responses of three tokens from a vocabulary of four:
 * all 64 responses in one go, 192 tokens.
 */
record EnumeratedTable(double[] logits) {
    static final int VOCABULARY = 4;
    static final int LENGTH = 3;
    static final int RESPONSES = 64;
    static final int TOKENS = RESPONSES * LENGTH;
    private static final int PREFIXES = 1 + 4 + 16;

    static EnumeratedTable random(long seed) {
        return new EnumeratedTable(
                new Random(seed).doubles(PREFIXES * VOCABULARY, -1.5, 1.5).toArray());
    }

    /** {@code 1 − step} parts of this table and {@code step} parts of another. */
    EnumeratedTable towards(EnumeratedTable other, double step) {
        double[] mixed = new double[logits.length];
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = (1 - step) * logits[i] + step * other.logits[i];
        }
        return new EnumeratedTable(mixed);
    }

    /** ∂loss/∂logits, the loss a function of the differentiable logprobs of every prefix, [21][4]. */
    double[] gradient(Function<Tensor, Tensor> loss) {
        return Scoped.compute(() -> {
            Tensor leaf = Tensors.of(logits, PREFIXES, VOCABULARY);
            leaf.set_requires_grad(true);
            loss.apply(log_softmax(leaf, -1)).backward();
            return Tensors.toDoubles(leaf.grad());
        });
    }

    /** Logprobs of every prefix, [21][4], constants in the caller's scope. */
    Tensor table() {
        return Scoped.handOver(() -> log_softmax(Tensors.of(logits, PREFIXES, VOCABULARY), -1));
    }

    /** [192][4]: the distribution before each token of each response. */
    static Tensor distributions(Tensor table) {
        long[] rows = new long[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            int y = i / LENGTH;
            rows[i] = switch (i % LENGTH) {
                case 0 -> 0;
                case 1 -> 1 + token(y, 0);
                default -> 5 + 4L * token(y, 0) + token(y, 1);
            };
        }
        return table.index_select(0, Tensors.of(rows, TOKENS));
    }

    /** [192]: the logprob of each token of each response. */
    static Tensor chosen(Tensor table) {
        long[] tokens = new long[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            tokens[i] = token(i / LENGTH, i % LENGTH);
        }
        return distributions(table).gather(1, Tensors.of(tokens, TOKENS, 1)).squeeze(1);
    }

    private static int token(int response, int t) {
        return (response >> 2 * t) & 3;
    }

    /** [64]: the logprob of each response. */
    static Tensor responses(Tensor table) {
        return chosen(table).view(RESPONSES, LENGTH).sum(1);
    }

    /** [64]: the probability of each response. */
    double[] probabilities() {
        return Scoped.compute(() -> Tensors.toDoubles(responses(table()).exp()));
    }
}
