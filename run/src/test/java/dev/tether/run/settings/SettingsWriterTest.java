package dev.tether.run.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.reward.ScorePlacement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsWriterTest {
    @TempDir
    Path folder;

    /** Every default in one list: a change here changes what users get who said nothing. */
    @Test
    void theDefaultsAreThese() {
        assertThat(bare(SettingsWriter.yaml(RunSettings.defaults()))).isEqualTo("""
                        seed: 17
                        steps: 120
                        threads: 0
                        algorithm: ppo
                        model:
                          policy: builtin:reviews
                          reference: null
                          dtype: float32
                          value: shared
                          device: cpu
                        lora:
                          rank: 0
                          alpha: null
                          target_modules: []
                          adapter: null
                        prompts:
                          source: builtin:reviews
                          column: null
                          batch_size: 32
                          order: shuffled
                          chat_template: auto
                        generation:
                          num_generations: 0
                          max_new_tokens: 48
                          temperature: 1.0
                          top_k: 0
                          top_p: 1.0
                          stop_ids: null
                        reward:
                          source: lexicon
                          plus: []
                          gold: null
                          scale: 1.0
                          shift: 0.0
                          clip: null
                          missing_eos_penalty: 0.0
                          score_placement: last_token
                        belt:
                          placement: k1_in_reward
                          estimator: k1
                          meter: rao_blackwell
                          controller: pi
                          kl_coef: 0.1
                          target: 6.0
                          unit: sequence
                          horizon_episodes: 200
                          floor: 0.001
                          ceiling: 10.0
                          schedule: []
                          schedule_shape: piecewise
                          force_every_steps: 20
                          self_test: same_weights
                          sampling_support: full
                          gains:
                            proportional: null
                            integral: null
                            derivative: null
                            urgency: null
                            agility: null
                            slew_limit: null
                            deadband: null
                            dual_rate: null
                          hard_limit:
                            nats_per_token: null
                            nats_per_sequence: null
                            action: end_epochs
                          re_anchor:
                            how: never
                            every_steps: 0
                            decay: 0.99
                        update:
                          epochs: 4
                          minibatches: 4
                          microbatch_size: 0
                          entropy_coef: 0.0
                          old_logprobs: sampled_when_equal
                          kl_limit: null
                        ppo:
                          clip_range: 0.2
                          value_clip_range: 0.2
                          value_coef: 0.1
                          gamma: 1.0
                          gae_lambda: 0.95
                          advantages: standardize
                          whiten_rewards: none
                        grpo:
                          loss_type: dapo
                          scale_rewards: group
                          importance_sampling: token
                          clip_low: 0.2
                          clip_high: 0.2
                          ratio_ceiling: null
                        rloo:
                          clip_range: 0.2
                          advantages: raw
                        reinforce_plus_plus:
                          clip_range: 0.2
                          gamma: 1.0
                        dpo:
                          pairs: null
                          beta: 0.1
                          label_smoothing: 0.0
                          updates: 4
                          pairs_per_update: 16
                        optimizer:
                          learning_rate: 4e-5
                          adam_beta1: 0.9
                          adam_beta2: 0.999
                          adam_epsilon: 1e-8
                          weight_decay: 0.0
                          max_grad_norm: 1.0
                          schedule: constant
                          warmup_steps: 0
                        checkpoints:
                          every_steps: 20
                          keep: 2""");
    }

    @Test
    void everyKeyHasALineOfMeaningAboveIt() {
        List<String> lines = SettingsWriter.yaml(RunSettings.defaults())
                .lines()
                .filter(line -> !line.isBlank())
                .toList();

        for (int i = 0; i < lines.size(); i += 2) {
            assertThat(lines.get(i).strip()).startsWith("# ");
            assertThat(lines.get(i + 1).strip()).doesNotStartWith("#").contains(":");
        }
    }

    @Test
    void whatIsWrittenIsReadBackEqual() {
        RunSettings odd = new RunSettings(
                Long.MIN_VALUE,
                7,
                3,
                AlgorithmName.REINFORCE_PLUS_PLUS,
                new ModelSettings(
                        "C:\\models\\a #1: \"b\"",
                        Optional.of("null"),
                        ModelSettings.Dtype.FLOAT64,
                        ModelSettings.Value.SEPARATE,
                        "cuda:12"),
                new LoraSettings(
                        0, OptionalDouble.of(1.0 / 3), List.of("q_proj", "layers.0.mlp.up_proj"), Optional.empty()),
                new PromptSettings(
                        "/data/übung\n\u2028\u0000.txt",
                        Optional.of("a: b"),
                        5,
                        PromptSettings.Order.SEQUENTIAL,
                        PromptSettings.Chat.LLAMA_3),
                new GenerationSettings(5, 1, 1 / 3.0, 50, 0.1 + 0.2, Optional.of(List.of(0, 128009))),
                new RewardSettings(
                        "regex:^\\s*[a-z]+: 😀$",
                        List.of(new RewardPart("keyword:a, b: c", -0.3), new RewardPart("length:7", 1e-9)),
                        Optional.of("length:3"),
                        -1e-300,
                        1e17,
                        OptionalDouble.of(Math.PI),
                        2,
                        ScorePlacement.AFTER_LAST_TOKEN),
                new BeltSettings(
                        PenaltyPlacement.WEIGHTED_K3_IN_LOSS,
                        KlEstimator.K3,
                        BeltSettings.Meter.SAMPLED,
                        BeltSettings.Controller.SCHEDULE,
                        1.0 / 7,
                        0.02,
                        KlUnit.NATS_PER_TOKEN,
                        10_000,
                        0.01,
                        1,
                        List.of(new ScheduleKnot(0, 1.0 / 3), new ScheduleKnot(1L << 40, 1e-9)),
                        BeltSettings.ScheduleShape.COSINE,
                        0,
                        BeltSettings.SelfTest.OFF,
                        BeltSettings.SamplingSupport.FULL,
                        new GainSettings(
                                OptionalDouble.of(0),
                                OptionalDouble.of(0.1 + 0.2),
                                OptionalDouble.of(1),
                                OptionalDouble.of(2),
                                OptionalDouble.of(3),
                                OptionalDouble.of(4),
                                OptionalDouble.of(5),
                                OptionalDouble.of(6)),
                        new HardLimitSettings(
                                OptionalDouble.of(0.5), OptionalDouble.of(20), HardLimitSettings.Action.ROLL_BACK),
                        new ReAnchorSettings(ReAnchorSettings.How.EMA, 7, 0.5)),
                new UpdateSettings(1, 5, 2, 0.01, UpdateSettings.OldLogprobs.RECOMPUTED, OptionalDouble.of(0.05)),
                new PpoSettings(
                        0.1, 0.3, 0, 0.99, 1, PpoSettings.AdvantageScaling.RAW, PpoSettings.RewardWhitening.SCALE_ONLY),
                new GrpoSettings(
                        GrpoSettings.LossType.CISPO,
                        GrpoSettings.ScaleRewards.NONE,
                        GrpoSettings.ImportanceSampling.TOKEN,
                        0.1,
                        5,
                        OptionalDouble.of(6.5)),
                new RlooSettings(0.3, RlooSettings.AdvantageScaling.STANDARDIZE),
                new ReinforcePlusPlusSettings(0.4, 0.5),
                new DpoSettings(Optional.of("pairs.jsonl"), 0.3, 0.1, 2, 3),
                new OptimizerSettings(Double.MIN_VALUE, 0, 0.95, 1e-5, 0.1, 0.5, OptimizerSettings.Schedule.COSINE, 3),
                new CheckpointSettings(1, 9));

        assertThat(writeAndRead(odd)).isEqualTo(odd);
    }

    @Test
    void anyTextSurvivesTheRoundTrip() throws IOException {
        Random random = new Random(17);
        RunSettings base = RunSettings.defaults();
        Path file = folder.resolve("settings.yaml");
        for (int i = 0; i < 300; i++) {
            String text = "a"
                    + random.ints(random.nextInt(12), 0, 0x250)
                            .mapToObj(Character::toString)
                            .collect(Collectors.joining());
            PromptSettings prompts = new PromptSettings(
                    text, Optional.empty(), 32, PromptSettings.Order.SHUFFLED, PromptSettings.Chat.AUTO);
            RunSettings settings = new RunSettings(
                    17,
                    60,
                    0,
                    base.algorithm(),
                    base.model(),
                    base.lora(),
                    prompts,
                    base.generation(),
                    base.reward(),
                    base.belt(),
                    base.update(),
                    base.ppo(),
                    base.grpo(),
                    base.rloo(),
                    base.reinforcePlusPlus(),
                    base.dpo(),
                    base.optimizer(),
                    base.checkpoints());
            Files.writeString(file, SettingsWriter.yaml(settings));

            assertThat(SettingsReader.read(file, List.of()))
                    .as("seed 17, text %d", i)
                    .isEqualTo(settings);
        }
    }

    @Test
    void theDigestDiffersExactlyWhereSettingsDo() {
        String digest = SettingsWriter.digest(RunSettings.defaults());

        assertThat(digest).matches("sha256:[0-9a-f]{64}");
        assertThat(SettingsWriter.digest(RunSettings.defaults().with("steps=120")))
                .isEqualTo(digest);
        assertThat(SettingsWriter.digest(RunSettings.defaults().with("steps=61")))
                .isNotEqualTo(digest);
        assertThat(SettingsWriter.digest(RunSettings.defaults().with("prompts.source=#a")))
                .isNotEqualTo(SettingsWriter.digest(RunSettings.defaults().with("prompts.source=#b")));
    }

    @Test
    void everyKeyOfTheFileCanBeSet() {
        List<String> assignments = assignments(bare(SettingsWriter.yaml(RunSettings.defaults())));

        assertThat(assignments).extracting(a -> a.substring(0, a.indexOf('='))).isEqualTo(SettingsReader.keys());
        for (String assignment : assignments) {
            assertThat(RunSettings.defaults().with(assignment)).as(assignment).isEqualTo(RunSettings.defaults());
        }
    }

    private static List<String> assignments(String yaml) {
        List<String> assignments = new ArrayList<>();
        List<String> sections = new ArrayList<>();
        for (String line : yaml.lines().toList()) {
            int depth = line.indexOf(line.strip()) / 2;
            sections.subList(depth, sections.size()).clear();
            String[] entry = line.strip().split(": |:$", 2);
            if (line.endsWith(":")) {
                sections.add(entry[0] + ".");
            } else {
                assignments.add(String.join("", sections) + entry[0] + "=" + entry[1]);
            }
        }
        return assignments;
    }

    private RunSettings writeAndRead(RunSettings settings) {
        Path file = folder.resolve("settings.yaml");
        SettingsWriter.write(settings, file);
        assertThat(Files.exists(file)).isTrue();
        return SettingsReader.read(file, List.of());
    }

    private static String bare(String yaml) {
        return yaml.lines()
                .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
                .collect(Collectors.joining("\n"));
    }
}
