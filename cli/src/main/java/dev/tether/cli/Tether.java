package dev.tether.cli;

import dev.tether.cli.bench.BenchCommand;
import dev.tether.cli.check.CheckCommand;
import dev.tether.cli.console.Failures;
import dev.tether.cli.console.Words;
import dev.tether.cli.data.DataCommand;
import dev.tether.cli.demo.DemoCommand;
import dev.tether.cli.doctor.DoctorCommand;
import dev.tether.cli.kl.KlCommand;
import dev.tether.cli.model.GenerateCommand;
import dev.tether.cli.model.MergeCommand;
import dev.tether.cli.model.ScoreCommand;
import dev.tether.cli.plan.PlanCommand;
import dev.tether.cli.preference.BestOfNCommand;
import dev.tether.cli.preference.PairsCommand;
import dev.tether.cli.preference.RewardModelCommand;
import dev.tether.cli.pretrain.PretrainCommand;
import dev.tether.cli.pretrain.SftCommand;
import dev.tether.cli.report.ReportCommand;
import dev.tether.cli.serve.ServeCommand;
import dev.tether.cli.simulate.SimulateCommand;
import dev.tether.cli.train.DpoCommand;
import dev.tether.cli.train.TrainCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line: {@code tether COMMAND}. Also its main class. */
@Command(
        name = "tether",
        description = "Trains language models by reinforcement learning on a measured KL belt.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether train                  train the built-in model: about two minutes, no file needed",
            "  tether plan                   which beta to choose, before training",
            "  tether report runs/NAME       write the report of a run again",
            "  tether serve runs             a live page about all runs in a directory",
            "  tether kl samples.jsonl       every KL figure of recorded logprobs, as JSON",
            "  tether train --help           all about one command"
        })
public final class Tether implements Runnable {
    @Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show stack traces with error messages (also: TETHER_DEBUG=1).")
    private boolean debug;

    /** In the order of the help. */
    private static final List<Class<?>> COMMANDS = List.of(
            TrainCommand.class,
            DpoCommand.class,
            ReportCommand.class,
            CheckCommand.class,
            DemoCommand.class,
            ServeCommand.class,
            PlanCommand.class,
            SimulateCommand.class,
            KlCommand.class,
            DataCommand.class,
            GenerateCommand.class,
            ScoreCommand.class,
            MergeCommand.class,
            DoctorCommand.class,
            BenchCommand.class,
            SftCommand.class,
            PairsCommand.class,
            BestOfNCommand.class,
            RewardModelCommand.class,
            PretrainCommand.class);

    private Tether() {}

    public static void main(String[] arguments) {
        CommandLine tether = commandLine(arguments);
        tether.setOut(utf8(FileDescriptor.out));
        tether.setErr(utf8(FileDescriptor.err));
        System.exit(run(tether, arguments));
    }

    /** The whole command line, ready to execute. */
    public static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    /**
     * As much of the command line as these arguments can need: where they begin with a command, that one alone. Reading
     * the options of the other commands would take longer than many a command runs.
     */
    static CommandLine commandLine(String[] arguments) {
        return COMMANDS.stream()
                .filter(command -> arguments.length > 0 && name(command).equals(arguments[0]))
                .findFirst()
                .map(command -> commandLine(List.of(command)))
                .orElseGet(Tether::commandLine);
    }

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    private static CommandLine commandLine(List<Class<?>> commands) {
        Tether tether = new Tether();
        CommandLine commandLine = new CommandLine(tether);
        commands.forEach(commandLine::addSubcommand);
        Failures failures = new Failures(tether::tracesAreWished);
        commandLine.setParameterExceptionHandler(failures);
        commandLine.setExecutionExceptionHandler(failures);
        for (CommandLine command : commandLine.getSubcommands().values()) {
            if (command.getCommand() instanceof TrainCommand) {
                TrainCommand.describeRewards(command.getCommandSpec());
            }
        }
        Words.describe(commandLine);
        return commandLine;
    }

    private static int run(CommandLine tether, String[] arguments) {
        try {
            return tether.execute(arguments);
        } catch (StackOverflowError | OutOfMemoryError | LinkageError e) {
            // picocli hands on exceptions only
            return new Failures(() -> false).tell(e, tether.getErr());
        } finally {
            tether.getOut().flush();
        }
    }

    private boolean tracesAreWished() {
        String variable = System.getenv("TETHER_DEBUG");
        return debug || (variable != null && !variable.isEmpty() && !variable.equals("0"));
    }

    // Not System.out: its encoding follows the locale, and a redirected report full of question marks helps nobody.
    private static PrintWriter utf8(FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
