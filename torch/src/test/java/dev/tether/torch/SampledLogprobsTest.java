package dev.tether.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.run.settings.UpdateSettings.OldLogprobs;
import dev.tether.torch.engine.ComputeType;
import dev.tether.trainer.model.Disagreement;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.rollout.PolicyReader;
import dev.tether.trainer.rollout.PolicyReading;
import dev.tether.trainer.rollout.PolicyReading.Source;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the sampler of a trained model says beside what the trainer reads, and when the one stands for the other. */
class SampledLogprobsTest {
    private static final List<String> PROMPTS =
            List.of("Once upon a time", "Tom and", "The cat was sad because", "Mom and Dad went to the store. They");
    private static final int ROWS = 16;

    private static int[][] prompts() {
        Tokenizer tokenizer = LanguageModels.openTokenizer(Shared.path("models/stories260K"));
        return IntStream.range(0, ROWS)
                .mapToObj(b -> tokenizer.encode(PROMPTS.get(b % PROMPTS.size())))
                .toArray(int[][]::new);
    }

    private static TorchPolicyModel open(ComputeType type) {
        return LanguageModels.openPolicy(
                Shared.path("models/stories260K"), new ModelSettings(type, ValueKind.SHARED, 0));
    }

    private static Sampling sampling(double temperature, int topK, double topP) {
        return new Sampling(24, temperature, topK, topP, new int[0]);
    }

    @ParameterizedTest
    @CsvSource({"1, FLOAT32", "0.7, FLOAT32", "1.3, FLOAT64"})
    void theSamplersLogprobsAndEntropiesAreUsedWhereTheyEqualTheTrainers(double temperature, ComputeType type) {
        try (TorchPolicyModel policy = open(type)) {
            Generation generation = policy.generate(prompts(), sampling(temperature, 0, 1), 5);
            TokenBatch tokens = new TokenBatch(prompts(), generation.responses(), generation.responseMask());
            PolicyReader reader = new PolicyReader(policy, OldLogprobs.SAMPLED_WHEN_EQUAL, 0);

            PolicyReading reading = reader.read(3, tokens, generation, temperature);

            assertThat(reading.source()).isEqualTo(Source.SAMPLED);
            assertThat(reading.comparedRows()).containsExactly(3, 11);
            Evaluation own = reader.recomputed(tokens, temperature).evaluation();
            assertThat(reading.evaluation().logprobs()).isSameAs(generation.rolloutLogprobs());
            assertThat(disagreement(reading.evaluation().logprobs(), own.logprobs(), tokens))
                    .isBetween(1e-17, 5e-5);
            assertThat(disagreement(reading.evaluation().entropy(), own.entropy(), tokens))
                    .isLessThan(5e-5);
        }
    }

    private static double disagreement(double[][] sampled, double[][] own, TokenBatch tokens) {
        return Disagreement.max(sampled, own, tokens.responseMask());
    }

    @Test
    void productsRoundedToBfloat16AreRecomputed() {
        Path model = Shared.path("models/stories15M");
        Tokenizer tokenizer = LanguageModels.openTokenizer(model);
        int[][] prompts = PROMPTS.stream().map(tokenizer::encode).toArray(int[][]::new);
        try (TorchPolicyModel policy =
                LanguageModels.openPolicy(model, new ModelSettings(ComputeType.BFLOAT16, ValueKind.NONE, 0))) {
            assertThat(source(policy, prompts, sampling(1, 0, 1))).isEqualTo(Source.RECOMPUTED);
        }
        try (TorchPolicyModel policy = LanguageModels.openPolicy(model, ModelSettings.inference())) {
            assertThat(source(policy, prompts, sampling(1, 0, 1))).isEqualTo(Source.SAMPLED);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1", "1, 5, 1", "1, 0, 0.9"})
    void whatWasNotDrawnFromTheWholeDistributionIsRecomputed(double temperature, int topK, double topP) {
        try (TorchPolicyModel policy = open(ComputeType.FLOAT32)) {
            assertThat(source(policy, prompts(), sampling(temperature, topK, topP)))
                    .isEqualTo(Source.RECOMPUTED);
        }
    }

    private static Source source(TorchPolicyModel policy, int[][] prompts, Sampling sampling) {
        Generation generation = policy.generate(prompts, sampling, 5);
        TokenBatch tokens = new TokenBatch(prompts, generation.responses(), generation.responseMask());
        return new PolicyReader(policy, OldLogprobs.SAMPLED_WHEN_EQUAL, 0)
                .read(3, tokens, generation, 1)
                .source();
    }
}
