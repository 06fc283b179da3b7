package dev.tether.torch.pretrain;

import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.log_softmax;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.TokenRows;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/** Cross-entropy of each token that is to be learned, given those before it. */
final class NextTokenLoss {
    /** What libtorch's cross-entropy skips. */
    private static final long SKIPPED = -100;

    /** libtorch's {@code at::Reduction::Sum}. */
    private static final long SUMMED = 2;

    private NextTokenLoss() {}

    /** The sum over all tokens of all rows, nats; with gradients, in the caller's scope. */
    static Tensor sum(CausalLm model, List<LearnedText> rows) {
        return Scoped.handOver(() -> {
            int width = rows.get(0).length() - 1;
            Tensor ids = Tensors.of(inputs(rows, width), rows.size(), width);
            Tensor logits = model.logits(model.hidden(TokenRows.leftAligned(ids)));
            Tensor targets = Tensors.of(targets(rows, width), (long) rows.size() * width);
            return cross_entropy_loss(
                    logits.view(-1, model.vocabularySize()), targets, new TensorOptional(), SUMMED, SKIPPED, 0);
        });
    }

    /** The sum over each row's tokens, nats. */
    static double[] sums(CausalLm model, List<LearnedText> rows) {
        return Scoped.computeWithoutGradients(() -> {
            int width = rows.get(0).length() - 1;
            Tensor ids = Tensors.of(inputs(rows, width), rows.size(), width);
            Tensor logprobs = log_softmax(model.logits(model.hidden(TokenRows.leftAligned(ids))), -1);
            long[] targets = targets(rows, width);
            long[] chosen = targets.clone();
            for (int i = 0; i < chosen.length; i++) {
                chosen[i] = Math.max(0, chosen[i]);
            }
            Tensor index = Tensors.of(chosen, rows.size(), width, 1);
            double[] found = Tensors.toDoubles(logprobs.gather(-1, index));
            double[] sums = new double[rows.size()];
            for (int i = 0; i < found.length; i++) {
                sums[i / width] -= targets[i] == SKIPPED ? 0 : found[i];
            }
            return sums;
        });
    }

    private static long[] inputs(List<LearnedText> rows, int width) {
        long[] flat = new long[rows.size() * width];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = rows.get(i / width).ids()[i % width];
        }
        return flat;
    }

    private static long[] targets(List<LearnedText> rows, int width) {
        long[] flat = new long[rows.size() * width];
        for (int i = 0; i < flat.length; i++) {
            LearnedText row = rows.get(i / width);
            flat[i] = row.learned()[i % width + 1] ? row.ids()[i % width + 1] : SKIPPED;
        }
        return flat;
    }
}
