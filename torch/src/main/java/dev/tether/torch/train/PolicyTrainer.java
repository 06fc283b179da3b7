package dev.tether.torch.train;

import dev.tether.torch.engine.Crew;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.TokenReading;
import dev.tether.torch.network.ValueFunction;
import dev.tether.torch.objective.StepObjective;
import dev.tether.torch.objective.StepTally;
import dev.tether.torch.optim.AdamW;
import dev.tether.torch.optim.Gradients;
import dev.tether.torch.optim.OptimizerSettings;
import dev.tether.torch.parallel.TensorPeers;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import dev.tether.trainer.model.UpdateReport.Outcome;
import dev.tether.trainer.parallel.Shares;
import dev.tether.trainer.parallel.Together;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Teaches a policy and its value function with one optimiser over what is trained of both. Owns the optimiser, not the
 * networks. The optimiser takes memory (gradients and two moments per weight) from the first update on.
 */
public final class PolicyTrainer implements AutoCloseable {
    /** Gradients that all learners but the first may take together; a second learner is always worth its memory. */
    private static final long BYTES_OF_FURTHER_LEARNERS = 1L << 30;

    private final CausalLm policy;
    /** Null without a value function. */
    private final ValueFunction values;

    private final OptimizerSettings settings;
    private final int microbatchSize;
    private final List<Learner> learners = new ArrayList<>();
    private final Crew crew = TorchEngine.crew();
    private TensorPeers peers = TensorPeers.ALONE;
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
    }

    /** From now on every update is one of all {@code others} together, which all train the same policy. */
    public void join(TensorPeers others) {
        peers = others;
    }

    /**
     * One optimiser step, see {@link dev.tether.trainer.model.PolicyModel#update}. A gradient that is not finite leaves
     * the weights as they are; the report says so by its norm.
     *
     * <p>Of several processes each computes the gradient of some rows, in their weight in the whole minibatch; the sums are
     * the same at all.
     *
     * @param reading of the policy, and of the reference where the penalty is a sum over the vocabulary
     */
    public UpdateReport update(Minibatch minibatch, UpdateObjective wanted, TokenReading reading, double learningRate) {
        StepObjective objective = objective(minibatch, wanted);
        Gradients gradients = optimizer().gradients();
        StepTally tally = StepTally.sum(Together.gather(
                peers, "update", () -> learn(minibatch, objective, reading).bytes()));
        peers.sum(gradients.whole());
        double norm = peers.takeFirst(gradients.norm());
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

    private static StepObjective objective(Minibatch minibatch, UpdateObjective wanted) {
        int[] rows = Shares.dealt(minibatch.tokens(), 0, 1);
        return new StepObjective(
                wanted,
                minibatch.tokens().responseMask().counted(),
                rows.length,
                minibatch.valueMask().rows(rows).counted());
    }

    /** Learns from this process's rows. */
    private StepTally learn(Minibatch minibatch, StepObjective objective, TokenReading reading) {
        double[][] weights =
                objective.wanted().mean().tokenWeights(minibatch.tokens().responseMask());
        int[] own = Shares.dealt(minibatch.tokens(), peers.rank(), peers.count());
        return learn(Microbatches.of(own, microbatchSize), (learner, rows, seen) -> {
            double[][] some = Arrays.stream(rows).mapToObj(row -> weights[row]).toArray(double[][]::new);
            learner.learn(Microbatches.select(minibatch, rows), some, objective, reading, seen);
        });
    }

    private interface Share {
        void learn(Learner learner, int[] rows, StepTally tally);
    }

    /** Shares the rows of every microbatch among the learners; their gradients and tallies add up in a fixed order. */
    private StepTally learn(List<int[]> microbatches, Share share) {
        int largest = microbatches.stream().mapToInt(rows -> rows.length).max().orElse(0);
        List<Learner> some = learners.subList(0, Math.max(1, Math.min(largest, learners.size())));
        List<StepTally> tallies = some.stream().map(learner -> new StepTally()).toList();
        crew.run(some.size(), i -> {
            some.get(i).gradients().clear();
            for (int[] rows : microbatches) {
                int[] own = Microbatches.everyNth(rows, i, some.size());
                if (own.length > 0) {
                    share.learn(some.get(i), own, tallies.get(i));
                }
            }
        });
        for (int i = 1; i < some.size(); i++) {
            some.get(0).gradients().include(some.get(i).gradients());
            tallies.get(0).include(tallies.get(i));
        }
        return tallies.get(0);
    }

    private AdamW optimizer() {
        if (optimizer == null) {
            Map<String, Tensor> trained = Learner.trained(policy, values);
            optimizer = new AdamW(trained, settings);
            learners.add(Learner.of(policy, values, optimizer.gradients()));
            for (int i = 1; i < learnersFor(trained); i++) {
                learners.add(Learner.replica(policy, values));
            }
        }
        return optimizer;
    }

    private long learnersFor(Map<String, Tensor> trained) {
        long bytes = trained.values().stream()
                .mapToLong(tensor -> tensor.numel() * tensor.element_size())
                .sum();
        return Math.min(crew.size(), Math.max(2, 1 + BYTES_OF_FURTHER_LEARNERS / bytes));
    }

    /** Writes trained weights, value function and optimiser into an existing directory; flushed to the disk on return. */
    public void save(Path directory) throws IOException {
        TrainingState.save(directory, Learner.trained(policy, values), optimizer());
    }

    /**
     * Takes over, bit for bit, what {@link #save} wrote.
     *
     * @throws dev.tether.run.InputException when a file is missing or torn, or belongs to another model
     */
    public void restore(Path directory) {
        TrainingState.restore(directory, Learner.trained(policy, values), optimizer());
    }

    /** Takes over weights, value function and optimiser of the first process. */
    public void takeStateOfFirst() {
        trained().values().forEach(peers::takeFirst);
        if (peers.takeFirst(optimizer == null ? 0 : 1) == 1) {
            optimizer().takeStateOfFirst(peers);
        }
    }

    /** All that is trained, by name; live. */
    public Map<String, Tensor> trained() {
        return Learner.trained(policy, values);
    }

    @Override
    public void close() {
        learners.forEach(Learner::close);
        learners.clear();
        if (optimizer != null) {
            optimizer.close();
            optimizer = null;
        }
    }
}
