package dev.tether.torch.network;

import dev.tether.torch.engine.Scoped;
import dev.tether.trainer.model.TokenBatch;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Forward and backward through policy and value function: adds the gradients of a {@link TokenLoss} to those of the
 * parameters, which must be defined. The trunk goes through autograd, the head through {@link HeadBackward}: logits and
 * their gradients exist for a few tokens at a time and never for all.
 */
public final class TrainingPass implements AutoCloseable {
    /** Fewer rows, and reading the head's weights costs more than multiplying by them. */
    private static final int ROWS_WORTH_A_PRODUCT = 256;

    private final CausalLm policy;
    /** Null without a value function. */
    private final ValueFunction values;

    private final HeadBackward head;

    /** @param values null for a policy without value function */
    public TrainingPass(CausalLm policy, ValueFunction values) {
        this(policy, values, Math.max(ROWS_WORTH_A_PRODUCT, ResponsePass.rowsAtOnce(policy)));
    }

    TrainingPass(CausalLm policy, ValueFunction values, int logitRowsAtOnce) {
        this.policy = policy;
        this.values = values;
        this.head = new HeadBackward(policy, logitRowsAtOnce);
    }

    /** One microbatch. */
    public void run(TokenBatch batch, TokenReading reading, TokenLoss loss) {
        Scoped.run(() -> {
            PackedRows packed = new PackedRows(batch, policy.vocabularySize());
            long[] shape = {batch.sequences(), batch.responseWidth()};
            TokenRows rows = packed.tokenRows();
            Tensor hidden = policy.hidden(rows);
            Tensor read = hidden.view(-1, policy.width()).index_select(0, packed.readAt());
            Tensor refHidden = reading.reference() == null ? null : refHidden(reading.reference(), rows, packed);
            HeadBackward.States states = new HeadBackward.States(read.detach(), packed.targets(), refHidden);
            if (loss.needsAllLogprobs()) {
                loss.take(head.logprobs(states, reading.temperature()));
            }
            Tensor gradient = head.backward(states, reading, loss);
            // its derivative with respect to the hidden states is the gradient the head has given
            Tensor backward = read.mul(gradient).sum();
            if (values == null) {
                backward.backward();
            } else if (values.sharesTrunk()) {
                backward.add(loss.ofValues(ResponsePass.values(values, packed, rows, hidden, shape)))
                        .backward();
            } else {
                // the policy's activations are gone before those of the other trunk come
                backward.backward();
                loss.ofValues(ResponsePass.values(values, packed, rows, null, shape))
                        .backward();
            }
        });
    }

    @SuppressWarnings("try") // the guard acts by being open
    private static Tensor refHidden(CausalLm reference, TokenRows rows, PackedRows packed) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return Scoped.handOver(
                    () -> reference.hidden(rows).view(-1, reference.width()).index_select(0, packed.readAt()));
        }
    }

    @Override
    public void close() {
        head.close();
    }
}
