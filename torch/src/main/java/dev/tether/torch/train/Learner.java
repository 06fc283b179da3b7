package dev.tether.torch.train;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.TokenReading;
import dev.tether.torch.network.TrainingPass;
import dev.tether.torch.network.ValueFunction;
import dev.tether.torch.objective.PolicyTargets;
import dev.tether.torch.objective.StepObjective;
import dev.tether.torch.objective.StepTally;
import dev.tether.torch.objective.ValueTargets;
import dev.tether.torch.optim.Gradients;
import dev.tether.trainer.model.Minibatch;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What one thread needs to learn from its share of a minibatch: networks and gradients that no other thread touches. */
final class Learner implements AutoCloseable {
    private final CausalLm policy;
    /** Null without a value function. */
    private final ValueFunction values;

    private final TrainingPass pass;
    private final Gradients gradients;
    private final Runnable release;

    private Learner(CausalLm policy, ValueFunction values, Gradients gradients, Runnable release) {
        this.policy = policy;
        this.values = values;
        this.pass = new TrainingPass(policy, values);
        this.gradients = gradients;
        this.release = release;
    }

    /** On networks and gradients that others own. */
    static Learner of(CausalLm policy, ValueFunction values, Gradients gradients) {
        return new Learner(policy, values, gradients, () -> {});
    }

    /** On replicas of networks, which must outlive it. */
    static Learner replica(CausalLm original, ValueFunction originalValues) {
        CausalLm policy = original.replica();
        ValueFunction values = originalValues == null ? null : originalValues.replica();
        Gradients gradients = new Gradients(trained(policy, values).values());
        return new Learner(policy, values, gradients, () -> {
            gradients.close();
            if (values != null) {
                values.close();
            }
            policy.close();
        });
    }

    /** What an optimiser step changes, by name. */
    static Map<String, Tensor> trained(CausalLm policy, ValueFunction values) {
        Map<String, Tensor> all = new LinkedHashMap<>(policy.trained());
        if (values != null) {
            all.putAll(values.parameters());
        }
        return all;
    }

    Gradients gradients() {
        return gradients;
    }

    /** Adds the gradients of some sequences; {@code weights} [B][T] are theirs. */
    void learn(Minibatch some, double[][] weights, StepObjective objective, TokenReading reading, StepTally tally) {
        Scoped.run(() -> {
            ScalarType type = policy.computeType().scalarType();
            StepLoss loss = new StepLoss(
                    objective,
                    tally,
                    some,
                    PolicyTargets.of(some, weights, type),
                    values == null ? null : ValueTargets.of(some, type));
            pass.run(some.tokens(), reading, loss);
        });
    }

    @Override
    public void close() {
        pass.close();
        release.run();
    }
}
