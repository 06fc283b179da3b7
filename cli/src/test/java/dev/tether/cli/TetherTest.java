package dev.tether.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class TetherTest {
    static Iterable<String> commands() {
        return Tether.commandLine().getSubcommands().keySet();
    }

    @Test
    void aloneItShowsItsCommands() {
        CommandLineRun run = CommandLineRun.of();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Usage: tether").contains(commands());
    }

    @Test
    void itKnowsItsVersion() {
        assertThat(CommandLineRun.of("--version").out()).startsWith("tether ").contains("Java " + Runtime.version());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandExplainsItselfWithExamplesAndExitCodes(String command) {
        CommandLineRun run = CommandLineRun.of(command, "--help");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("Usage: tether " + command)
                .contains("Examples:\n  tether " + command)
                .contains("Exit codes:", "training stopped because it diverged")
                .doesNotContain("${");
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 110);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandThatIsNamedFirstIsReadAloneAndIsTheSame(String command) {
        String[] help = {command, "--help"};
        CommandLine alone = Tether.commandLine(help);
        StringWriter out = new StringWriter();
        alone.setOut(new PrintWriter(out)).execute(help);
        assertThat(alone.getSubcommands()).containsOnlyKeys(command);
        assertThat(out).hasToString(CommandLineRun.of(command, "--help").out());
    }

    @Test
    void anythingElseIsReadByTheWhole() {
        for (String[] words : new String[][] {{}, {"--debug", "kl"}, {"kll"}, {"--help"}}) {
            assertThat(Tether.commandLine(words).getSubcommands())
                    .hasSameSizeAs(Tether.commandLine().getSubcommands());
        }
    }

    @Test
    void aMistypedOptionIsAnsweredWithTheRightOne() {
        CommandLineRun run = CommandLineRun.of("kl", "-", "--kl-cof=1");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("Unknown option: '--kl-cof=1'").contains("Possible solutions: --kl-coef");
    }

    @Test
    void aMistypedCommandIsAnsweredWithTheRightOne() {
        CommandLineRun run = CommandLineRun.of("kll");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'kll'").contains("Did you mean: tether kl");
    }

    @Test
    void stackTracesAreShownOnRequestOnly() {
        assertThat(CommandLineRun.of("kl", "/absent").err()).hasLineCount(1);
        assertThat(CommandLineRun.of("--debug", "kl", "/absent").err()).contains("\tat dev.tether");
        assertThat(CommandLineRun.of("kl", "/absent", "--debug").err()).contains("\tat dev.tether");
    }
}
