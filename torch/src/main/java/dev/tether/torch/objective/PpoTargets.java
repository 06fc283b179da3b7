package dev.tether.torch.objective;

import dev.tether.core.kl.ResponseMask;
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
    /** Of one microbatch, in the caller's scope; {@code values} and what belongs to them null where it has none. */
    public static PpoTargets of(Minibatch batch, ScalarType type) {
        ResponseMask mask = batch.tokens().responseMask();
        ResponseMask valueMask = batch.valueMask();
        boolean valued = batch.values().length > 0;
        return new PpoTargets(
                Counted.ones(mask, type),
                Counted.of(batch.logprobs(), mask, type),
                Counted.of(batch.advantages(), mask, type),
                valued ? Counted.ones(valueMask, type) : null,
                valued ? Counted.of(batch.values(), valueMask, type) : null,
                valued ? Counted.of(batch.returns(), valueMask, type) : null);
    }
}
