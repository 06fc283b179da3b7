package dev.tether.torch.probe;

import dev.tether.torch.generation.LogitWarper;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.CountedStates;
import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.model.ExactKl;
import dev.tether.trainer.model.ProbeLoss;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.TruncatedLogprobs;
import java.util.List;
import java.util.function.Supplier;

/** A probe of two open networks on libtorch; owns neither. */
public final class TorchBeltProbe implements BeltProbe {
    private final CausalLm policy;
    private final CausalLm reference;
    private final PieceSizes sizes;

    /** @throws dev.tether.run.InputException when the vocabularies differ in size: then there is no KL of whole distributions */
    public TorchBeltProbe(CausalLm policy, CausalLm reference) {
        this(policy, reference, PieceSizes.DEFAULT);
    }

    TorchBeltProbe(CausalLm policy, CausalLm reference, PieceSizes sizes) {
        policy.requireVocabularyOf(reference);
        this.policy = policy;
        this.reference = reference;
        this.sizes = sizes;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Memory beyond the models: hidden states of at most 512 tokens (or of one sequence), a copy of each head's weights, 2 MiB of
     * logits per model in single precision, and 2 MiB per thread for what is computed from them.
     */
    @Override
    public ExactKl exactKl(TokenBatch batch, double temperature) {
        requireTemperature(temperature);
        requireRoom(batch);
        return new ExactKlReader(new BothModels(policy, reference, sizes), temperature).read(batch);
    }

    @Override
    public TruncatedLogprobs truncatedLogprobs(TokenBatch batch, Sampling sampling) {
        requireTemperature(sampling.temperature());
        requireRoom(batch);
        LogitWarper warper = new LogitWarper(sampling.temperature(), sampling.topK(), sampling.topP());
        return new TruncatedReader(new BothModels(policy, reference, sizes), warper).read(batch);
    }

    @Override
    public List<double[][]> gradientGrams(List<List<ProbeLoss>> groups, ProbeLoss common, double temperature) {
        requireTemperature(temperature);
        requireRoom(tokens(common));
        groups.forEach(group -> group.forEach(loss -> requireRoom(tokens(loss))));
        return GradientProducts.of(groups, common, policy, new ProbeBackward(policy, reference, temperature, sizes));
    }

    @Override
    public <T> T nearPolicy(double relativeNoise, long seed, Supplier<T> measurement) {
        if (!(relativeNoise > 0) || Double.isInfinite(relativeNoise)) {
            throw new IllegalArgumentException("relative_noise = " + relativeNoise + ", must be finite and > 0");
        }
        return WeightNoise.around(policy.nudges(), relativeNoise, seed, measurement);
    }

    private static TokenBatch tokens(ProbeLoss loss) {
        return loss instanceof ProbeLoss.Update update
                ? update.minibatch().tokens()
                : ((ProbeLoss.SequenceKl) loss).tokens();
    }

    private static void requireTemperature(double temperature) {
        if (!(temperature > 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature = " + temperature + ", must be finite and > 0");
        }
    }

    private void requireRoom(TokenBatch batch) {
        CountedStates.requireRoom(batch, policy.contextLength());
        CountedStates.requireRoom(batch, reference.contextLength());
    }
}
