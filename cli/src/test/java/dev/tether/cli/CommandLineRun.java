package dev.tether.cli;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;

/** One command, run inside of this process, and what it said. */
public record CommandLineRun(int exitCode, String out, String err) {
    public static CommandLineRun of(Object... arguments) {
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i] instanceof Path path ? path.toString() : String.valueOf(arguments[i]);
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine tether = Tether.commandLine();
        tether.setOut(new PrintWriter(out));
        tether.setErr(new PrintWriter(err));
        int exitCode = tether.execute(words);
        return new CommandLineRun(exitCode, out.toString(), err.toString());
    }

    /** As {@link #of}, with a standard input. */
    public static CommandLineRun reading(String input, Object... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return of(arguments);
        } finally {
            System.setIn(before);
        }
    }
}
