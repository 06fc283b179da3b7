package dev.tether.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where everything of one run lies.
 *
 * @param root the run directory
 */
public record RunDirectory(Path root) {

    /**
     * Makes the directory of a new run; one that is there must be empty.
     *
     * @throws InputException where it holds a run or anything else, or cannot be written to
     */
    public static RunDirectory create(Path root) {
        RunDirectory run = new RunDirectory(root);
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw new InputException("cannot make a run in " + root + ": it is a file, not a directory");
        }
        try {
            if (run.isRun()) {
                throw new InputException(root + " holds a run already: go on with it (--resume " + root
                        + "), or choose another directory");
            }
            if (Files.isDirectory(root) && !isEmpty(root)) {
                throw new InputException(root + " is not empty and not a run: choose another directory");
            }
            Files.createDirectories(root);
            Files.createDirectories(run.checkpoints());
        } catch (IOException e) {
            throw new InputException("cannot make a run in " + root + ": " + AtomicFiles.reason(e), e);
        }
        return run;
    }

    /**
     * A run that is there already.
     *
     * @throws InputException where there is none
     */
    public static RunDirectory open(Path root) {
        RunDirectory run = new RunDirectory(root);
        if (!Files.isDirectory(root)) {
            throw new InputException("no run at " + root + ": no such directory");
        }
        if (!run.isRun()) {
            throw new InputException("no run at " + root + ": it has neither settings.yaml nor journal.jsonl");
        }
        return run;
    }

    /** Whether a run was begun here. */
    public boolean isRun() {
        return Files.exists(settings()) || Files.exists(journal());
    }

    /** Every setting, resolved. */
    public Path settings() {
        return root.resolve("settings.yaml");
    }

    public Path journal() {
        return root.resolve("journal.jsonl");
    }

    public Path samples() {
        return root.resolve("samples.jsonl");
    }

    public Path sessions() {
        return root.resolve("sessions.jsonl");
    }

    /** What a trainer from elsewhere told; only where the run is not of Tether's own making. */
    public Path ingest() {
        return root.resolve("ingest.jsonl");
    }

    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** The checkpoint after {@code step} steps; the names sort as the steps do. */
    public Path checkpoint(long step) {
        return checkpoints().resolve(String.format("step-%06d", step));
    }

    public Path report() {
        return root.resolve("report.html");
    }

    /** Event files for TensorBoard. */
    public Path tensorboard() {
        return root.resolve("tensorboard");
    }

    /** The trained policy, as a model directory. */
    public Path model() {
        return root.resolve("model");
    }

    /** The trained adapter, where the run trains one instead of the policy's weights. */
    public Path adapter() {
        return root.resolve("adapter");
    }

    /** A place in it as journal and sessions name it. */
    public String relative(Path path) {
        return root.relativize(path).toString();
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }
}
