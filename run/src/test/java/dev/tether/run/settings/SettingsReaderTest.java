package dev.tether.run.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlUnit;
import dev.tether.run.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsReaderTest {
    @TempDir
    Path folder;

    @Test
    void whatIsNotGivenIsAsInTheDefaults() {
        RunSettings settings = read("steps: 5\nupdate:\n  epochs: 2\n");

        assertThat(settings.steps()).isEqualTo(5);
        assertThat(settings.update().epochs()).isEqualTo(2);
        assertThat(settings.with("steps=120", "update.epochs=4")).isEqualTo(RunSettings.defaults());
    }

    @Test
    void anEmptyFileAndAnEmptySectionMeanTheDefaults() {
        assertThat(read("")).isEqualTo(RunSettings.defaults());
        assertThat(read("# nothing said\nupdate:\n  # epochs: 3\n")).isEqualTo(RunSettings.defaults());
    }

    @Test
    void everyKindOfValueIsRead() {
        RunSettings settings = read("""
                seed: -3
                model: {policy: /models/a b, reference: ref, dtype: float64, value: separate, device: "cuda:1"}
                generation: {stop_ids: [2, 3], temperature: 1, top_p: 9e-1}
                reward: {clip: 5, score_placement: after_last_token}
                belt: {estimator: abs_k1, controller: fixed, unit: token, target: .02, kl_coef: +1}
                """);

        assertThat(settings.seed()).isEqualTo(-3);
        assertThat(settings.model())
                .isEqualTo(new ModelSettings(
                        "/models/a b",
                        Optional.of("ref"),
                        ModelSettings.Dtype.FLOAT64,
                        ModelSettings.Value.SEPARATE,
                        "cuda:1"));
        assertThat(settings.generation())
                .isEqualTo(new GenerationSettings(0, 48, 1, 0, 0.9, Optional.of(List.of(2, 3))));
        assertThat(settings.reward().clip()).isEqualTo(OptionalDouble.of(5));
        assertThat(settings.belt().estimator()).isEqualTo(KlEstimator.ABS_K1);
        assertThat(settings.belt().unit()).isEqualTo(KlUnit.NATS_PER_TOKEN);
        assertThat(settings.belt().target()).isEqualTo(0.02);
    }

    @Test
    void nullMeansNoneWhereASettingMayBeMissing() {
        for (String nothing : List.of("null", "~", "")) {
            RunSettings settings = read("reward: {clip: %s}\nmodel: {reference: %s}".formatted(nothing, nothing));
            assertThat(settings).as(nothing).isEqualTo(RunSettings.defaults());
        }
        assertThat(SettingsReader.defaults(List.of("reward.clip=5", "reward.clip=null")))
                .isEqualTo(RunSettings.defaults());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "update: {epoch: 3} | 1:10: unknown key update.epoch; did you mean update.epochs?",
                "kl_coef: 1 | 1:1: unknown key kl_coef; did you mean belt.kl_coef?",
                "update:\\n  epochs: 3\\n  epochs: 4 | 3:3: update.epochs stands here a second time, first at %s:2:3",
                "update: {epochs: four} | 1:18: update.epochs = \"four\", must be a whole number",
                "update: {epochs: 2.0} | 1:18: update.epochs = 2.0, must be a whole number",
                "steps: 3000000000 | 1:8: steps = 3000000000, must be a whole number between -2147483648 and 2147483647",
                "steps: null | 1:8: steps = null, must be a whole number",
                "steps: 0 | 1:8: steps = 0, must be at least 1",
                "belt: {target: -1} | 1:16: belt.target = -1.0, must be finite and > 0",
                "belt: {target: .nan} | 1:16: belt.target = .nan, must be a finite number",
                "reward: {clip: .inf} | 1:16: reward.clip = .inf, must be a finite number",
                "belt: {target: 1e999} | 1:16: belt.target = 1e999, must be a finite number",
                "belt: {target: '6.0'} | 1:16: belt.target = \"6.0\", must be a number",
                "belt: {target: [1]} | 1:16: belt.target = a list, must be a number",
                "belt: {controller: bang} | 1:20: belt.controller = \"bang\", must be one of fixed, schedule, thermostat,"
                        + " ziegler, pi, pid, dual_ascent",
                "belt: {controller: null} | 1:20: belt.controller = null, must be one of fixed, schedule, thermostat,"
                        + " ziegler, pi, pid, dual_ascent",
                "model: {device: gpu} | 1:17: model.device = \"gpu\", must be cpu, cuda or cuda:N",
                "model: {device: 'cuda:x'} | 1:17: model.device = \"cuda:x\", must be cpu, cuda or cuda:N",
                "model: {device: cuda0} | 1:17: model.device = \"cuda0\", must be cpu, cuda or cuda:N",
                "model: {policy: 12} | 1:17: model.policy = 12, must be a text; put it in quotes",
                "model: {policy: ' '} | 1:17: model.policy = \" \", must be a text with at least one letter",
                "model: {reference: [a]} | 1:20: model.reference = a list, must be a text",
                "generation: {stop_ids: 2} | 1:24: generation.stop_ids = 2, must be a list of whole numbers such as [2, 3]",
                "generation: {stop_ids: [2, x]} | 1:28: generation.stop_ids = \"x\", must be a whole number",
                "ppo: 3 | 1:6: ppo = 3, must be a section with keys of its own",
                "- 1 | 1:1: must be \"key: value\" lines, found a list",
                "steps: 1\\n---\\nsteps: 2 | 3:1: a second YAML document begins here; settings are one",
                "a: [1, | 1:7: not YAML: while parsing a flow node, expected the node content, but found '<stream end>'",
                "steps: &a 3\\nthreads: *a | 2:10: YAML aliases (*name) are not supported in settings",
                "steps: !big 3 | 1:8: YAML tags (!name) are not supported in settings",
                "belt: {floor: 0.5} | 1:7: belt.kl_coef = 0.1, must be between belt.floor = 0.5 and belt.ceiling = 10.0"
                        + " unless belt.controller is fixed or schedule",
                "belt: {schedule: 3} | 1:18: belt.schedule = 3, must be a list such as [{step: ..., kl_coef: ...}]",
                "belt: {schedule: [3]} | 1:19: belt.schedule = 3, must be a list such as [{step: ..., kl_coef: ...}]",
                "belt: {schedule: [{step: 3}]} | 1:19: belt.schedule has an item with the keys [step], must be a list"
                        + " such as [{step: ..., kl_coef: ...}]",
                "belt: {schedule: [{step: 0, klcoef: 1}]} | 1:19: belt.schedule has an item with the keys [step, klcoef],"
                        + " must be a list such as [{step: ..., kl_coef: ...}]",
                "belt: {schedule: [{step: 0, kl_coef: x}]} | 1:38: belt.schedule.kl_coef = \"x\", must be a number",
                "belt: {schedule: [{step: 0, kl_coef: -1}]} | 1:19: belt.schedule.kl_coef = -1.0, must be finite and >= 0",
                "belt: {schedule: [{step: 0, kl_coef: 1}]} | 1:18: belt.schedule = 1 points, must be [] unless"
                        + " belt.controller is schedule",
                "belt: {controller: schedule} | 1:7: belt.schedule = [], must be at least one point with"
                        + " belt.controller = schedule",
                "belt: {controller: schedule, schedule: [{step: 2, kl_coef: 1}, {step: 2, kl_coef: 1}]} | 1:40:"
                        + " belt.schedule = step 2 after step 2, must be points whose steps rise",
                "belt: {controller: schedule, schedule_shape: cosine, schedule: [{step: 2, kl_coef: 1}]} | 1:64:"
                        + " belt.schedule = 1 points from step 2, must be two points, the first at step 0, with"
                        + " belt.schedule_shape = cosine",
                "belt: {controller: pi, gains: {derivative: 2}} | 1:44: belt.gains.derivative = 2.0, must be 0 or null"
                        + " with belt.controller = pi; pid has a derivative",
                "belt: {sampling_support: truncated} | 1:7: belt.meter = rao_blackwell, must be sampled with"
                        + " belt.sampling_support = truncated",
                "belt: {sampling_support: truncated, meter: sampled, placement: k2_in_loss} | 1:64: belt.placement = k2_in_loss,"
                        + " must be k1_in_reward with belt.sampling_support = truncated",
                "belt: {gains: {proportional: 0, integral: 0}} | 1:43: belt.gains.integral = 0.0, must be > 0 where"
                        + " belt.gains.proportional is 0",
                "belt: {gains: {gain: 1}} | 1:16: unknown key belt.gains.gain; known here: belt.gains.proportional,"
                        + " belt.gains.integral, belt.gains.derivative, belt.gains.urgency, belt.gains.agility, belt.gains.slew_limit,"
                        + " belt.gains.deadband, belt.gains.dual_rate",
                "belt: {floor: 0} | 1:15: belt.floor = 0.0, must be finite and > 0",
                "belt: {re_anchor: {how: ema}} | 1:19: belt.re_anchor.every_steps = 0, must be 0 with"
                        + " belt.re_anchor.how = never, at least 1 otherwise",
                "belt: {re_anchor: {decay: 1}} | 1:27: belt.re_anchor.decay = 1.0, must be in (0, 1)",
                "belt: {hard_limit: {nats_per_token: 0}} | 1:37: belt.hard_limit.nats_per_token = 0.0, must be finite"
                        + " and > 0",
                "prompts: {batch_size: 2} | 1:1: update.minibatches = 4, must be at most prompts.batch_size = 2"
            })
    void aBadFileIsRefusedInOneLineWithItsPlace(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml.replace("\\n", "\n")))
                .isInstanceOf(InputException.class)
                .hasMessage(file() + ":" + message.formatted(file()));
    }

    @Test
    void anUnknownKeyNearNothingListsWhatIsKnown() {
        assertThatThrownBy(() -> read("belt: {colour: red}"))
                .hasMessage(
                        "%s:1:8: unknown key belt.colour; known here: belt.placement, belt.estimator, belt.meter,"
                                + " belt.controller, belt.kl_coef, belt.target, belt.unit, belt.horizon_episodes,"
                                + " belt.floor, belt.ceiling, belt.schedule, belt.schedule_shape,"
                                + " belt.force_every_steps, belt.self_test, belt.sampling_support, belt.gains,"
                                + " belt.hard_limit, belt.re_anchor",
                        file());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "update.epoch=3 | unknown key update.epoch; did you mean update.epochs?",
                "update.epochs=x | update.epochs = x, must be a whole number",
                "update.epochs= | must be path=value, such as update.epochs=2",
                "update.epochs | must be path=value, such as update.epochs=2",
                "=3 | must be path=value, such as update.epochs=2",
                "steps.x=3 | steps = a section, must be a whole number",
                "reward.source=null | reward.source = null, must be a text",
                "belt.target=0 | belt.target = 0.0, must be finite and > 0"
            })
    void aBadOverrideIsRefusedByName(String override, String message) {
        assertThatThrownBy(() -> SettingsReader.defaults(List.of(override)))
                .isInstanceOf(InputException.class)
                .hasMessage("--set " + override + ": " + message);
    }

    @Test
    void overridesWinOverTheFileAndLaterOverEarlier() {
        Path file = write("update: {epochs: 2, minibatches: 2}");

        RunSettings settings = SettingsReader.read(file, List.of("update.epochs=3", "update.epochs=5"));

        assertThat(settings.update().epochs()).isEqualTo(5);
        assertThat(settings.update().minibatches()).isEqualTo(2);
    }

    @Test
    void anOverrideOfATextNeedsNoQuotes() {
        RunSettings settings = SettingsReader.defaults(List.of(
                "model.policy=123", "reward.source=regex: a[b=c", "prompts.source=[x]{", "generation.stop_ids=[7]"));

        assertThat(settings.model().policy()).isEqualTo("123");
        assertThat(settings.reward().source()).isEqualTo("regex: a[b=c");
        assertThat(settings.prompts().source()).isEqualTo("[x]{");
        assertThat(settings.generation().stopIds()).contains(List.of(7));
    }

    @Test
    void settingsThatNeedEachOtherMayComeInAnyOrder() {
        assertThat(SettingsReader.defaults(List.of("belt.kl_coef=0", "belt.controller=fixed"))
                        .belt()
                        .klCoef())
                .isZero();
    }

    @Test
    void aScheduleIsReadFromFileAndCommandLineAlike() {
        List<ScheduleKnot> knots = List.of(new ScheduleKnot(0, 0.1), new ScheduleKnot(50, 0.02));

        assertThat(read("belt: {controller: schedule, schedule: [{step: 0, kl_coef: .1}, {step: 50, kl_coef: 0.02}]}")
                        .belt()
                        .schedule())
                .isEqualTo(knots);
        assertThat(SettingsReader.defaults(List.of(
                                "belt.controller=schedule",
                                "belt.schedule=[{step: 0, kl_coef: 0.1}, {step: 50, kl_coef: 0.02}]"))
                        .belt()
                        .schedule())
                .isEqualTo(knots);
    }

    @Test
    void aBudgetMayLetTheCoefficientFallToZero() {
        RunSettings settings = SettingsReader.defaults(List.of("belt.controller=dual_ascent", "belt.floor=0"));

        assertThat(settings.belt().floor()).isZero();
    }

    @Test
    void aMissingFileADirectoryAndBinaryDataAreRefusedInOneLine() throws IOException {
        Files.write(file(), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThatThrownBy(() -> SettingsReader.read(file(), List.of()))
                .isInstanceOf(InputException.class)
                .hasMessage("cannot read %s: it is not UTF-8 text", file());
        assertThatThrownBy(() -> SettingsReader.read(folder.resolve("none.yaml"), List.of()))
                .isInstanceOf(InputException.class)
                .hasMessage("cannot read %s: no such file or directory", folder.resolve("none.yaml"));
        assertThatThrownBy(() -> SettingsReader.read(folder, List.of()))
                .isInstanceOf(InputException.class)
                .hasMessage("cannot read %s: Is a directory", folder);
    }

    private RunSettings read(String yaml) {
        return SettingsReader.read(write(yaml), List.of());
    }

    private Path write(String yaml) {
        try {
            return Files.write(file(), yaml.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path file() {
        return folder.resolve("run.yaml");
    }
}
