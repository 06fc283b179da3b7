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
import dev.tether.torch.optim.AdamW;
import dev.tether.torch.optim.Gradients;
import dev.tether.torch.optim.OptimizerSettings;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import dev.tether.trainer.model.UpdateReport.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Teaches a policy and its value function with one optimiser over what is trained of both. Owns the optimiser, not the
 * networks. The optimiser takes memory (gradients and two moments per weight) from the first update on.
 */
public final class PolicyTrainer implements AutoCloseable {
    private final CausalLm policy;
    /** Null without a value function. */
    private final ValueFunction values;

    private final OptimizerSettings settings;
    private final int microbatchSize;
    private final TrainingPass pass;
    private AdamW optimizer;

    /**
     * @param values null for a policy without value function
     * @param microbatchSize sequences that go through the network at once; 0 = all of a minibatch
     */
    public PolicyTrainer(CausalLm policy, ValueFunction values, OptimizerSettings settings, int microbatchSize) {
        this.policy = policy;
        this.values = values;
        this.settings = settings;
        this.microbatchSize = microbatchSize;
        this.pass = new TrainingPass(policy, values);
    }

    /**
     * One optimiser step, see {@link dev.tether.trainer.model.PolicyModel#update}. A gradient that is not finite leaves
     * the weights as they are; the report says so by its norm.
     *
     * @param reading of the policy, and of the reference where the penalty is a sum over the vocabulary
     */
    public UpdateReport update(Minibatch minibatch, UpdateObjective wanted, TokenReading reading, double learningRate) {
        List<int[]> microbatches = Microbatches.of(minibatch.tokens(), microbatchSize);
        StepObjective objective = objective(minibatch, wanted, microbatches);
        double[][] weights = wanted.mean().tokenWeights(minibatch.tokens().responseMask());
        StepTally tally = new StepTally();
        Gradients gradients = optimizer().gradients();
        gradients.clear();
        for (int[] rows : microbatches) {
            double[][] some = Arrays.stream(rows).mapToObj(row -> weights[row]).toArray(double[][]::new);
            Scoped.run(() -> backward(Microbatches.select(minibatch, rows), some, objective, reading, tally));
        }
        double norm = gradients.norm();
        UpdateReport.ReferenceKl kl = tally.referenceKl(objective);
        if (!Double.isFinite(norm)) {
            return tally.report(objective, norm, Outcome.HELD_BACK_NOT_FINITE);
        }
        if (wanted.limit().isExceededBy(kl.natsPerToken(), kl.natsPerSequence())) {
            return tally.report(objective, norm, Outcome.HELD_BACK_OVER_LIMIT);
        }
        gradients.clip(norm, settings.maxGradientNorm());
        optimizer().step(learningRate);
        return tally.report(objective, norm, Outcome.TAKEN);
    }

    private static StepObjective objective(Minibatch minibatch, UpdateObjective wanted, List<int[]> microbatches) {
        long valuePositions = 0;
        long sequences = 0;
        for (int[] rows : microbatches) {
            valuePositions += minibatch.valueMask().rows(rows).counted();
            sequences += rows.length;
        }
        long tokens = minibatch.tokens().responseMask().counted();
        return new StepObjective(wanted, tokens, sequences, valuePositions);
    }

    private void backward(
            Minibatch microbatch, double[][] weights, StepObjective objective, TokenReading reading, StepTally tally) {
        ScalarType type = policy.computeType().scalarType();
        StepLoss loss = new StepLoss(
                objective,
                tally,
                microbatch,
                PolicyTargets.of(microbatch, weights, type),
                values == null ? null : ValueTargets.of(microbatch, type));
        pass.run(microbatch.tokens(), reading, loss);
    }

    private AdamW optimizer() {
        if (optimizer == null) {
            optimizer = new AdamW(parameters(), settings);
        }
        return optimizer;
    }

    private Map<String, Tensor> parameters() {
        Map<String, Tensor> all = new LinkedHashMap<>(policy.trained());
        if (values != null) {
            all.putAll(values.parameters());
        }
        return all;
    }

    /** Writes trained weights, value function and optimiser into an existing directory; flushed to the disk on return. */
    public void save(Path directory) throws IOException {
        TrainingState.save(directory, parameters(), optimizer());
    }

    /**
     * Takes over, bit for bit, what {@link #save} wrote.
     *
     * @throws dev.tether.run.InputException when a file is missing or torn, or belongs to another model
     */
    public void restore(Path directory) {
        TrainingState.restore(directory, parameters(), optimizer());
    }

    @Override
    public void close() {
        pass.close();
        if (optimizer != null) {
            optimizer.close();
            optimizer = null;
        }
    }
}
