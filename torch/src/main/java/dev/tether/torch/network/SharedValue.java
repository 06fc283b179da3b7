package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.zeros;

import dev.tether.torch.engine.Scoped;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;

/** A value head on the policy's own hidden states. */
final class SharedValue implements ValueFunction {
    private final Tensor head;

    SharedValue(CausalLm policy) {
        this(Scoped.keep(() -> zeros(
                new long[] {1, policy.width()},
                new TensorOptions(policy.computeType().scalarType()))));
    }

    private SharedValue(Tensor head) {
        this.head = head;
        head.set_requires_grad(true);
    }

    @Override
    public boolean sharesTrunk() {
        return true;
    }

    @Override
    public ValueFunction replica() {
        return new SharedValue(Scoped.keep(head::detach));
    }

    @Override
    public Map<String, Tensor> parameters() {
        return Map.of("value.score.weight", head);
    }

    @Override
    public Tensor values(TokenRows rows, Tensor policyHidden) {
        return Scoped.handOver(() -> linear(policyHidden, head).squeeze(-1));
    }

    @Override
    public void close() {
        head.close();
    }
}
