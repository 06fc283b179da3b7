package dev.tether.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.settings.RunSettings;
import dev.tether.torch.directory.ExportType;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.safetensors.SafetensorsWriter;
import dev.tether.trainer.loop.RunClocks;
import dev.tether.trainer.loop.RunIdentity;
import dev.tether.trainer.loop.RunListener;
import dev.tether.trainer.loop.RunOutcome;
import dev.tether.trainer.loop.TrainingParts;
import dev.tether.trainer.loop.TrainingRun;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.reward.RewardSpec;
import dev.tether.trainer.rollout.Prompt;
import dev.tether.trainer.rollout.PromptSource;
import dev.tether.trainer.rollout.Seeds;
import dev.tether.trainer.selftest.Cause;
import dev.tether.trainer.selftest.SelfTestReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs of a trained model of 260 thousand weights whose reference has one fault: refused before the first step. */
class SelfTestFaultsTest {
    private static final RunSettings SETTINGS = RunSettings.defaults()
            .with("steps=1", "prompts.batch_size=8", "generation.max_new_tokens=24", "optimizer.learning_rate=1e-5");

    private static final List<String> PROMPTS = List.of(
            "Once upon a time, there was a little girl named Lily. She loved to play outside in the park.",
            "Tom and",
            "One day, a big dog ran to the tree. The dog was happy.",
            "The cat was sad because",
            "Once upon a time",
            "Ben had a red ball. He said, \"Look at my ball!\"",
            "The sun was",
            "Mom and Dad went to the store. They wanted to buy some");

    @TempDir
    Path scratch;

    private TorchReferenceModel reference() {
        return LanguageModels.openReference(model(), ModelSettings.inference());
    }

    private static Path model() {
        return Shared.path("models/stories260K");
    }

    @Test
    void aSoundReferenceIsTrainedAgainst() {
        RunOutcome outcome = run(SETTINGS, PROMPTS, policy -> policy, reference(), new ArrayList<>());
        assertThat(outcome.steps()).isEqualTo(1);
    }

    @Test
    void aReferenceOfAnotherSeedIsNamed() throws IOException {
        Path other = Files.createDirectory(scratch.resolve("other"));
        Files.copy(model().resolve("config.json"), other.resolve("config.json"));
        try (CausalLm fresh = CausalLm.fresh(ModelDirectory.ofLanguageModel(other), ComputeType.FLOAT32, 9)) {
            SafetensorsWriter.write(
                    other.resolve("model.safetensors"), new LinkedHashMap<>(fresh.parameters()), Map.of());
        }
        assertRefused(SETTINGS, LanguageModels.openReference(other, ModelSettings.inference()), Cause.WEIGHTS);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.7, 0.85})
    void aTemperatureOnTheReferenceAloneIsNamed(double factor) {
        assertRefused(SETTINGS, PlantedFaults.cooled(reference(), factor), Cause.TEMPERATURE);
    }

    @Test
    void aTemperatureOnThePolicyAloneIsNamed() {
        RunSettings settings = SETTINGS.with("generation.temperature=0.7");
        assertRefused(settings, PlantedFaults.deafToTheTemperature(reference()), Cause.TEMPERATURE);
    }

    @Test
    void promptsPaddedOnTheWrongSideAreNamed() {
        assertRefused(SETTINGS, PlantedFaults.paddingOnTheRight(reference()), Cause.PADDING);
    }

    /** The prompts that happen to be drawn must not hide it. */
    @Test
    void promptsPaddedOnTheWrongSideAreNamedAlsoWhereAllAreOfOneLength() {
        List<String> alike = List.of("Once upon a time");
        assertRefused(SETTINGS, alike, PlantedFaults.paddingOnTheRight(reference()), Cause.PADDING);
        assertThat(scratch.resolve("run/journal.jsonl")).content().contains("must not depend on how tokens are read");
    }

    /** Common words, which most responses hold. */
    @ParameterizedTest
    @ValueSource(strings = {"the,a", "day,time"})
    void aTokenizerWithTwoIdsSwappedIsNamed(String words) {
        Tokenizer tokenizer = LanguageModels.openTokenizer(model());
        String[] two = words.split(",");
        int a = lastId(tokenizer, two[0]);
        int b = lastId(tokenizer, two[1]);
        assertThat(a).isNotEqualTo(b);
        assertRefused(SETTINGS, PlantedFaults.swapping(reference(), a, b), Cause.TOKENIZER);
    }

    /** Then no response begins in agreement. */
    @Test
    void aSwappedIdThatEveryPromptHoldsIsNamedToo() {
        Tokenizer tokenizer = LanguageModels.openTokenizer(model());
        List<String> prompts = List.of("the cat", "the dog and the cat", "Look at the ball");
        ReferenceModel swapping =
                PlantedFaults.swapping(reference(), lastId(tokenizer, "the"), lastId(tokenizer, "was"));
        assertRefused(SETTINGS, prompts, swapping, Cause.TOKENIZER);
    }

    @Test
    void weightsALittleWayOffAreNamed() throws IOException {
        Path trained = Files.createDirectory(scratch.resolve("trained"));
        try (TorchPolicyModel policy = LanguageModels.openPolicy(model(), ModelSettings.inference());
                TorchReferenceModel reference = reference()) {
            LanguageModels.openBeltProbe(policy, reference).nearPolicy(0.02, 7, () -> {
                exportTo(trained, policy);
                return null;
            });
        }
        assertRefused(SETTINGS, LanguageModels.openReference(trained, ModelSettings.inference()), Cause.WEIGHTS);
    }

    @Test
    void weightsInHalfTheBitsAreNamed() throws IOException {
        Path rounded = Files.createDirectory(scratch.resolve("rounded"));
        try (TorchPolicyModel policy = LanguageModels.openPolicy(model(), ModelSettings.inference())) {
            policy.export(rounded, ExportType.BFLOAT16);
        }
        assertRefused(SETTINGS, LanguageModels.openReference(rounded, ModelSettings.inference()), Cause.DTYPE);
    }

    private static void exportTo(Path directory, TorchPolicyModel policy) {
        try {
            policy.export(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int lastId(Tokenizer tokenizer, String word) {
        int[] ids = tokenizer.encode(word);
        return ids[ids.length - 1];
    }

    @Test
    void dropoutLeftOnInTheReferenceIsNamed() {
        assertRefused(SETTINGS, PlantedFaults.withDropout(reference()), Cause.DROPOUT);
    }

    @Test
    void dropoutLeftOnInThePolicyIsNamed() {
        assertRefused(SETTINGS, PROMPTS, PlantedFaults::policyWithDropout, reference(), Cause.DROPOUT);
    }

    private void assertRefused(RunSettings settings, ReferenceModel reference, Cause cause) {
        assertRefused(settings, PROMPTS, reference, cause);
    }

    private void assertRefused(RunSettings settings, List<String> prompts, ReferenceModel reference, Cause cause) {
        assertRefused(settings, prompts, policy -> policy, reference, cause);
    }

    private void assertRefused(
            RunSettings settings,
            List<String> prompts,
            Function<TorchPolicyModel, PolicyModel> policyFault,
            ReferenceModel reference,
            Cause cause) {
        List<SelfTestReport> reports = new ArrayList<>();
        assertThatThrownBy(() -> run(settings, prompts, policyFault, reference, reports))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("self test failed, training does not start")
                .hasMessageContaining(cause.sentence());
        assertThat(reports.get(0).suspects().get(0).cause()).isEqualTo(cause);
        assertThat(scratch.resolve("run/journal.jsonl"))
                .content()
                .contains("self_test")
                .doesNotContain("\"type\":\"step\"");
    }

    private RunOutcome run(
            RunSettings settings,
            List<String> texts,
            Function<TorchPolicyModel, PolicyModel> policyFault,
            ReferenceModel reference,
            List<SelfTestReport> reports) {
        Tokenizer tokenizer = LanguageModels.openTokenizer(model());
        List<Prompt> prompts = texts.stream()
                .map(text -> new Prompt(text, tokenizer.encode(text)))
                .toList();
        try (TorchPolicyModel policy = LanguageModels.openPolicy(
                        model(), new ModelSettings(ComputeType.FLOAT32, ValueKind.SHARED, 0));
                ReferenceModel closing = reference) {
            TrainingParts parts = new TrainingParts(
                    policyFault.apply(policy),
                    closing,
                    RewardSpec.parse("length:10"),
                    tokenizer,
                    new PromptSource(prompts, PromptSource.Order.SEQUENTIAL, new Seeds(5)));
            RunIdentity identity = new RunIdentity("sha256:policy", "sha256:reference", "test", Map.of());
            try (TrainingRun run = TrainingRun.begin(
                    RunDirectory.create(scratch.resolve("run")),
                    parts,
                    settings,
                    identity,
                    new RunClocks(new AtomicLong()::incrementAndGet, () -> Instant.EPOCH))) {
                return run.execute(() -> false, new RunListener() {
                    @Override
                    public void selfTested(SelfTestReport report) {
                        reports.add(report);
                    }
                });
            }
        }
    }
}
