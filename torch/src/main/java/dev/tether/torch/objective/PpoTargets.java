package dev.tether.torch.objective;

import dev.tether.torch.engine.HostArrays;
import dev.tether.trainer.model.Minibatch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the new policy and value function are compared with, as constant tensors [B][T]; 0 where uncounted, so that
 * whatever stands there in the arrays is never read.
 *
 * @param mask 1 where the policy loss counts
 * @param logprobs nats, of the policy before the update
 * @param valueMask 1 where the value loss counts
 * @param values before the update
 * @param returns GAE targets
 */
public record PpoTargets(
        Tensor mask, Tensor logprobs, Tensor advantages, Tensor valueMask, Tensor values, Tensor returns) {
    /** Of one microbatch, in the caller's scope. */
    public static PpoTargets of(Minibatch batch, ScalarType type) {
        var mask = batch.tokens().responseMask();
        return new PpoTargets(
                HostArrays.ones(mask, type),
                HostArrays.counted(batch.logprobs(), mask, type),
                HostArrays.counted(batch.advantages(), mask, type),
                HostArrays.ones(batch.valueMask(), type),
                HostArrays.counted(batch.values(), batch.valueMask(), type),
                HostArrays.counted(batch.returns(), batch.valueMask(), type));
    }
}
