package dev.tether.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.cli.console.Words;
import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.kl.KlUnit;
import dev.tether.run.InputException;
import dev.tether.run.settings.AlgorithmName;
import dev.tether.run.settings.BeltSettings;
import dev.tether.run.settings.RunSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;

class SettingsOptionsTest {
    @Command
    static final class Holder {
        @Mixin
        private SettingsOptions options;
    }

    @TempDir
    private Path directory;

    @Test
    void nothingGivenIsTheDefaults() {
        assertThat(resolve()).isEqualTo(RunSettings.defaults());
    }

    @Test
    void everyOptionReachesItsSetting() {
        RunSettings settings = resolve(
                "--model=/m",
                "--prompts=/p.txt",
                "--reward=length:5",
                "--steps=7",
                "--batch=8",
                "--max-new-tokens=9",
                "--kl-target=0.02",
                "--kl-unit=token",
                "--controller=thermostat",
                "--placement=k2_in_loss",
                "--kl-coef=0.2",
                "--lr=1e-4",
                "--seed=3");
        assertThat(settings.model().policy()).isEqualTo("/m");
        assertThat(settings.prompts().source()).isEqualTo("/p.txt");
        assertThat(settings.reward().source()).isEqualTo("length:5");
        assertThat(settings.steps()).isEqualTo(7);
        assertThat(settings.prompts().batchSize()).isEqualTo(8);
        assertThat(settings.generation().maxNewTokens()).isEqualTo(9);
        assertThat(settings.belt().target()).isEqualTo(0.02);
        assertThat(settings.belt().unit()).isEqualTo(KlUnit.NATS_PER_TOKEN);
        assertThat(settings.belt().controller()).isEqualTo(BeltSettings.Controller.THERMOSTAT);
        assertThat(settings.belt().placement()).isEqualTo(PenaltyPlacement.K2_IN_LOSS);
        assertThat(settings.belt().klCoef()).isEqualTo(0.2);
        assertThat(settings.optimizer().learningRate()).isEqualTo(1e-4);
        assertThat(settings.seed()).isEqualTo(3);
    }

    @Test
    void setWinsOverOptionsAndOptionsOverTheFile() throws IOException {
        Path file = Files.writeString(directory.resolve("run.yaml"), "steps: 5\nseed: 5\nupdate:\n  epochs: 5\n");
        RunSettings settings = resolve(Optional.of(file), "--steps=6", "--seed=6", "--set=seed=7");
        assertThat(settings.update().epochs()).isEqualTo(5);
        assertThat(settings.steps()).isEqualTo(6);
        assertThat(settings.seed()).isEqualTo(7);
    }

    @Test
    void filesBecomeAbsoluteSoThatARunCanBeResumedFromAnywhere() {
        RunSettings settings = resolve(
                "--model=m/../n", "--prompts=p.txt", "--reward=lexicon:l.tsv", "--set=model.reference=builtin:reviews");
        Path here = Path.of("").toAbsolutePath();
        assertThat(settings.model().policy()).isEqualTo(here.resolve("n").toString());
        assertThat(settings.model().reference()).contains("builtin:reviews");
        assertThat(settings.prompts().source()).isEqualTo(here.resolve("p.txt").toString());
        assertThat(settings.reward().source()).isEqualTo("lexicon:" + here.resolve("l.tsv"));
    }

    @Test
    void aBadValueIsToldInTheWordsOfTheUser() {
        assertThatThrownBy(() -> resolve("--steps=0"))
                .isInstanceOf(InputException.class)
                .hasMessage("--steps 0: steps = 0, must be at least 1");
        assertThatThrownBy(() -> resolve("--set=steps=0")).hasMessageStartingWith("--set steps=0: ");
        assertThatThrownBy(() -> resolve("--kl-coef=0")).hasMessageContaining("unless belt.controller is fixed");
    }

    /** Each option ends in [path: default]; the path must exist and the default be the real one. */
    @Test
    void theHelpTellsTheTrueDefaults() {
        int told = 0;
        for (OptionSpec option : commandLine().getCommandSpec().options()) {
            Matcher place = Pattern.compile("\\[(\\S+): (\\S+)]").matcher(String.join(" ", option.description()));
            if (place.find()) {
                told++;
                RunSettings same = RunSettings.defaults().with(place.group(1) + "=" + place.group(2));
                assertThat(same).as(option.longestName()).isEqualTo(RunSettings.defaults());
            }
        }
        assertThat(told).isEqualTo(18);
    }

    @Test
    void theHelpListsEveryAlgorithmControllerAndPlacement() {
        for (Enum<?> controller : BeltSettings.Controller.values()) {
            assertThat(help("--controller")).contains(Words.name(controller));
        }
        for (Enum<?> algorithm : AlgorithmName.values()) {
            assertThat(help("--algorithm")).contains(Words.name(algorithm));
        }
        for (Enum<?> placement : PenaltyPlacement.values()) {
            assertThat(help("--placement")).contains(Words.name(placement));
        }
    }

    private static String help(String option) {
        return String.join("", commandLine().getCommandSpec().findOption(option).description());
    }

    private static CommandLine commandLine() {
        return new CommandLine(new Holder());
    }

    private static RunSettings resolve(String... arguments) {
        return resolve(Optional.empty(), arguments);
    }

    private static RunSettings resolve(Optional<Path> config, String... arguments) {
        CommandLine commandLine = commandLine();
        commandLine.parseArgs(arguments);
        return commandLine.<Holder>getCommand().options.resolve(config);
    }
}
