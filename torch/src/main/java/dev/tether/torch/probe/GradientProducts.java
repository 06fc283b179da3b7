package dev.tether.torch.probe;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.optim.Gradients;
import dev.tether.trainer.model.ProbeLoss;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Inner products of gradients. Takes as much memory as what is trained once for the backward passes and once for each loss.
 */
final class GradientProducts {
    private static final long ENTRIES_AT_ONCE = 1 << 20;

    private GradientProducts() {}

    /**
     * Per group, element [i][j] = ⟨∇loss_i, ∇loss_j⟩ over what is trained of the policy, the common loss last, summed in double
     * precision.
     */
    static List<double[][]> of(
            List<List<ProbeLoss>> groups, ProbeLoss common, CausalLm policy, ProbeBackward backward) {
        try (Tensor shared = gradient(common, policy, backward)) {
            return groups.stream()
                    .map(group -> ofGroup(group, shared, policy, backward))
                    .toList();
        }
    }

    private static double[][] ofGroup(List<ProbeLoss> losses, Tensor shared, CausalLm policy, ProbeBackward backward) {
        List<Tensor> flat = new ArrayList<>();
        try {
            for (ProbeLoss loss : losses) {
                flat.add(gradient(loss, policy, backward));
            }
            List<Tensor> all = new ArrayList<>(flat);
            all.add(shared);
            return products(all);
        } finally {
            flat.forEach(Tensor::close);
        }
    }

    /** ∇loss in one dimension, in the order of {@link CausalLm#trained}; the caller closes it. */
    static Tensor gradient(ProbeLoss loss, CausalLm policy, ProbeBackward backward) {
        try (Gradients gradients = new Gradients(policy.trained().values())) {
            backward.run(loss);
            return Scoped.keep(() -> gradients.whole().clone());
        }
    }

    private static double[][] products(List<Tensor> flat) {
        double[][] products = new double[flat.size()][flat.size()];
        for (int i = 0; i < flat.size(); i++) {
            for (int j = 0; j <= i; j++) {
                products[i][j] = product(flat.get(i), flat.get(j));
                products[j][i] = products[i][j];
            }
        }
        return products;
    }

    private static double product(Tensor a, Tensor b) {
        double sum = 0;
        for (long first = 0; first < a.numel(); first += ENTRIES_AT_ONCE) {
            long from = first;
            long count = Math.min(ENTRIES_AT_ONCE, a.numel() - first);
            sum += Scoped.computeWithoutGradients(() -> a.narrow(0, from, count)
                    .to(ScalarType.Double)
                    .dot(b.narrow(0, from, count).to(ScalarType.Double))
                    .item_double());
        }
        return sum;
    }
}
