package dev.tether.cli.parallel;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The other processes of a run that is started by one command on one machine. Their standard input is a pipe from this
 * process, and they end when it ends, however it does: none is left behind.
 */
final class ChildProcesses implements AutoCloseable {
    /** By its name: the command line knows this package, not the other way round. */
    private static final String MAIN = "dev.tether.cli.Tether";

    /** Set in the environment of a process that was started here. */
    static final String VARIABLE = "TETHER_STARTED_BY";

    private static final int SIGNALLED = 128;
    private static final long PATIENCE_SECONDS = 3;

    private final List<Process> processes = new ArrayList<>();
    private volatile boolean ending;

    private ChildProcesses() {}

    /**
     * Starts ranks 1 to {@code count} − 1 with this Java and its options.
     *
     * @param arguments of the command line
     * @param onLoss is told in a sentence when one ends too early
     */
    static ChildProcesses start(int count, int port, List<String> arguments, Consumer<String> onLoss) {
        ChildProcesses children = new ChildProcesses();
        try {
            for (int rank = 1; rank < count; rank++) {
                children.start(rank, count, port, arguments, onLoss);
            }
        } catch (IOException e) {
            children.close();
            throw new InputException("cannot start another process: " + AtomicFiles.reason(e), e);
        }
        return children;
    }

    private void start(int rank, int count, int port, List<String> arguments, Consumer<String> onLoss)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(arguments))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        Map<String, String> environment = builder.environment();
        environment.putAll(Map.of(
                "RANK",
                Integer.toString(rank),
                "LOCAL_RANK",
                Integer.toString(rank),
                "WORLD_SIZE",
                Integer.toString(count),
                "LOCAL_WORLD_SIZE",
                Integer.toString(count),
                "MASTER_ADDR",
                "127.0.0.1",
                "MASTER_PORT",
                Integer.toString(port),
                VARIABLE,
                Long.toString(ProcessHandle.current().pid())));
        environment.putIfAbsent("TORCH_CPP_LOG_LEVEL", "FATAL");
        Process process = builder.start();
        processes.add(process);
        process.onExit().thenAccept(ended -> {
            if (!ending && ended.exitValue() != 0) {
                onLoss.accept("rank " + rank + " is gone: its process " + ended.pid() + " " + how(ended.exitValue()));
            }
        });
    }

    private static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-agentlib:") && !option.startsWith("-javaagent:"))
                .filter(option -> !option.startsWith("-Dtether.terminal"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        command.addAll(withoutProcesses(arguments));
        return command;
    }

    /** The number of processes is in the environment. */
    static List<String> withoutProcesses(List<String> arguments) {
        List<String> left = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).equals("--processes")) {
                i++;
            } else if (!arguments.get(i).startsWith("--processes=")) {
                left.add(arguments.get(i));
            }
        }
        return left;
    }

    private static String how(int exitValue) {
        return exitValue > SIGNALLED
                ? "was ended by signal " + (exitValue - SIGNALLED)
                : "ended with exit code " + exitValue;
    }

    /** They have nothing left to do: their input is closed, which ends them; what does not hear that is ended. */
    @Override
    public void close() {
        ending = true;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (Process process : processes) {
            try {
                process.getOutputStream().close();
                if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    process.destroyForcibly().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
            } catch (IOException e) {
                process.destroyForcibly();
            }
        }
    }
}
