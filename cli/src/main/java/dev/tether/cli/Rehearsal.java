package dev.tether.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs what people run, small and into a scratch directory, so that its classes are loaded once: the launcher keeps them
 * in an archive, and later starts need not read them from the jars. How a rehearsed command ends is of no interest.
 */
public final class Rehearsal {
    private static final String ROWS = """
            {"prompt": "a", "logprobs": [-2.0, -2.5], "ref_logprobs": [-2.1, -2.3], "mask": [1, 1], "reward": 1}
            {"prompt": "b", "logprobs": [-2.0, -2.4], "ref_logprobs": [-2.1, -2.3], "mask": [1, 1], "reward": 0, \
            "top_logprobs": [[-2.0], [-2.4]], "ref_top_logprobs": [[-2.1], [-2.3]]}
            """;

    private Rehearsal() {}

    /** @param arguments a scratch directory */
    public static void main(String[] arguments) throws IOException {
        run(Path.of(arguments[0]));
        System.exit(0);
    }

    /** The exit code of each command. */
    static Map<String, Integer> run(Path scratch) throws IOException {
        String rows = Files.writeString(scratch.resolve("rows.jsonl"), ROWS).toString();
        String run = scratch.resolve("run").toString();
        Map<String, Integer> codes = new LinkedHashMap<>();
        for (List<String> command : List.of(
                List.of("kl", rows),
                List.of("train", "--show-settings"),
                List.of(
                        "train",
                        "--out=" + run,
                        "--steps=1",
                        "--set=update.epochs=1",
                        "--set=belt.force_every_steps=0",
                        "--set=prompts.batch_size=4",
                        "--set=generation.max_new_tokens=2"),
                List.of("check", run),
                List.of("report", run),
                List.of("data", rows),
                List.of("--help"))) {
            codes.put(String.join(" ", command), exitCode(command.toArray(String[]::new)));
        }
        return codes;
    }

    private static int exitCode(String... command) {
        var tether = Tether.commandLine(command);
        var nobody = new PrintWriter(PrintWriter.nullWriter());
        tether.setOut(nobody);
        tether.setErr(nobody);
        return tether.execute(command);
    }
}
