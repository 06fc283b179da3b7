package dev.tether.torch.objective;

import dev.tether.trainer.model.Minibatch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the value function being trained is compared with, as constant tensors [B][T]; 0 where uncounted, so that
 * whatever stands there in the arrays is never read.
 *
 * @param mask 1 where the value loss counts
 * @param values before the update
 * @param returns GAE targets
 */
public record ValueTargets(Tensor mask, Tensor values, Tensor returns) {
    /** Of one microbatch, in the caller's scope. */
    public static ValueTargets of(Minibatch batch, ScalarType type) {
        var mask = batch.valueMask();
        return new ValueTargets(
                Counted.ones(mask, type),
                Counted.of(batch.values(), mask, type),
                Counted.of(batch.returns(), mask, type));
    }
}
