package dev.tether.cli.console;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.trainer.parallel.PeerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says what went wrong, to whom it is of use: one line where the user can mend it, a stack trace where only we can.
 */
public final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final Trace trace;

    /** Whether stack traces are wished. */
    @FunctionalInterface
    public interface Trace {
        boolean isWished();
    }

    public Failures(Trace trace) {
        this.trace = trace;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        PrintWriter err = failure.getCommandLine().getErr();
        line(err, failure.getMessage().replaceFirst("^Error: ", ""));
        if (!UnmatchedArgumentException.printSuggestions(failure, err)) {
            err.println("Try: " + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        }
        traceIfWished(failure, err);
        err.flush();
        return ExitCode.BAD_INPUT;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult arguments) {
        return tell(failure, command.getErr());
    }

    /** Prints what there is to say about {@code failure} and gives the exit code it deserves. */
    public int tell(Throwable failure, PrintWriter err) {
        int code = codeOf(failure);
        if (code == ExitCode.DEFECT) {
            line(err, "this should not have happened, and is no fault of yours; please report it with what follows");
            failure.printStackTrace(err);
        } else {
            line(err, message(failure));
            traceIfWished(failure, err);
        }
        err.flush();
        return code;
    }

    /** The exit code that {@code failure} deserves. */
    public static int codeOf(Throwable failure) {
        if (failure instanceof PeerException) {
            return ExitCode.PEER_LOST;
        }
        boolean mendable = failure instanceof InputException
                || failure instanceof IllegalArgumentException
                || failure instanceof IOException
                || failure instanceof UncheckedIOException
                || failure instanceof OutOfMemoryError
                || failure instanceof UnsatisfiedLinkError;
        return mendable ? ExitCode.BAD_INPUT : ExitCode.DEFECT;
    }

    private static String message(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            return "out of memory (" + failure.getMessage()
                    + "); a smaller --batch or update.microbatch_size, or TETHER_JAVA_OPTS=-Xmx…, helps";
        }
        if (failure instanceof UnsatisfiedLinkError) {
            return "the native libraries cannot be loaded (" + failure.getMessage() + "); see: tether doctor";
        }
        if (failure instanceof IOException || failure instanceof UncheckedIOException) {
            return reason(
                    failure instanceof UncheckedIOException unchecked ? unchecked.getCause() : (IOException) failure);
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    private static String reason(IOException failure) {
        String file =
                failure instanceof FileSystemException named && named.getFile() != null ? named.getFile() + ": " : "";
        return file + AtomicFiles.reason(failure);
    }

    private static void line(PrintWriter err, String message) {
        err.println("tether: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
    }

    private void traceIfWished(Throwable failure, PrintWriter err) {
        if (trace.isWished()) {
            failure.printStackTrace(err);
        }
    }
}
