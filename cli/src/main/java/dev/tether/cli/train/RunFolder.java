package dev.tether.cli.train;

import dev.tether.run.AtomicFiles;
import dev.tether.run.RunDirectory;
import dev.tether.run.settings.RunSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The directory of a new run: its name, and its end where the run never got to its first step. */
final class RunFolder {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private final Path root;
    private final boolean existed;
    private final List<Path> madeAbove = new ArrayList<>();
    private RunDirectory directory;

    RunFolder(Path root) {
        this.root = root;
        this.existed = Files.exists(root);
    }

    /** {@code runs/20261120-143005-stories15m}, or the next free name like it. */
    static Path unnamed(RunSettings settings, LocalDateTime now) {
        String policy = settings.model().policy();
        String last = policy.substring(Math.max(policy.lastIndexOf('/'), policy.lastIndexOf(':')) + 1);
        String name = last.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        Path wished = Path.of("runs", STAMP.format(now) + "-" + name);
        Path free = wished;
        for (int i = 2; Files.exists(free); i++) {
            free = wished.resolveSibling(wished.getFileName() + "-" + i);
        }
        return free;
    }

    /** Makes it: a place that cannot hold a run is found out before anything else is tried. */
    RunDirectory create() {
        for (Path each = root.toAbsolutePath().getParent();
                each != null && !Files.exists(each);
                each = each.getParent()) {
            madeAbove.add(each);
        }
        directory = RunDirectory.create(root);
        return directory;
    }

    /** Takes back what was made here; for a run that took no step. */
    void discard() {
        if (directory == null) {
            return;
        }
        List<Path> made = existed
                ? List.of(
                        directory.settings(),
                        directory.journal(),
                        directory.samples(),
                        directory.sessions(),
                        directory.tensorboard(),
                        directory.checkpoints())
                : List.of(root);
        try {
            for (Path path : made) {
                AtomicFiles.delete(path);
            }
            for (Path path : madeAbove) {
                Files.delete(path); // which the file system refuses where another run has begun beside this one
            }
        } catch (IOException e) {
            // the failure that led here is the one to tell
        }
    }
}
