package dev.tether.torch.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.FullKl;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.RaoBlackwellKl;
import dev.tether.torch.Shared;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.generation.ResponseGenerator;
import dev.tether.torch.network.CausalLm;
import dev.tether.trainer.model.ExactKl;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The exact KL of a trained model of 15 million weights and a vocabulary of 32,000. */
class ExactKlStoriesTest {
    private static final int SEQUENCES = 32;
    private static final int TOKENS = 64;

    @Test
    void itIsWhatBruteForceSaysAndFarSharperThanSingleLogprobs() {
        ModelDirectory stories = ModelDirectory.ofLanguageModel(Shared.path("models/stories15M"));
        try (CausalLm policy = CausalLm.trainable(stories, ComputeType.FLOAT32);
                CausalLm reference = CausalLm.frozen(stories, ComputeType.FLOAT32)) {
            TorchBeltProbe probe = new TorchBeltProbe(policy, reference);
            probe.nearPolicy(0.025, 7, () -> {
                compare(sampled(policy), policy, reference, probe);
                return null;
            });
        }
    }

    private static TokenBatch sampled(CausalLm policy) {
        int[][] prompts = new int[SEQUENCES][];
        Arrays.fill(prompts, new int[] {1});
        Sampling sampling = new Sampling(TOKENS, 1, 0, 1, new int[] {1, 2});
        Generation generation = ResponseGenerator.generate(policy, prompts, sampling, sampling.stopIds(), 5);
        return new TokenBatch(prompts, generation.responses(), generation.responseMask());
    }

    private static void compare(TokenBatch batch, CausalLm policy, CausalLm reference, TorchBeltProbe probe) {
        ExactKl exact = probe.exactKl(batch, 1);
        double[][] logprobs = new double[SEQUENCES][TOKENS];
        double[][] refLogprobs = new double[SEQUENCES][TOKENS];
        double[][] brute = new double[SEQUENCES][TOKENS];
        for (int b = 0; b < SEQUENCES; b++) {
            double[][] ofPolicy = TinyPair.distributions(policy, batch, b, 1);
            double[][] ofReference = TinyPair.distributions(reference, batch, b, 1);
            for (int t = 0; t < TOKENS; t++) {
                if (batch.responseMask().counts(b, t)) {
                    logprobs[b][t] = ofPolicy[t][batch.responses()[b][t]];
                    refLogprobs[b][t] = ofReference[t][batch.responses()[b][t]];
                    brute[b][t] = FullKl.nats(ofPolicy[t], ofReference[t]);
                }
            }
        }
        KlSummary k1 = KlSummary.of(new LogprobPair(logprobs, refLogprobs, batch.responseMask()), KlEstimator.K1);
        KlSummary sharp = RaoBlackwellKl.summary(exact.policyToReference(), batch.responseMask());
        KlSummary expected = RaoBlackwellKl.summary(brute, batch.responseMask());
        assertThat(sharp.natsPerToken())
                .isCloseTo(expected.natsPerToken(), within(1e-5))
                .isGreaterThan(0.005);
        assertThat(sharp.natsPerSequence()).isCloseTo(k1.natsPerSequence(), within(4 * k1.seNatsPerSequence()));
        assertThat(k1.seNatsPerSequence() / sharp.seNatsPerSequence()).isGreaterThan(3);
    }
}
