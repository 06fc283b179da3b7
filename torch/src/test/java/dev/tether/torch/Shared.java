package dev.tether.torch;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Reference data outside of the project; tests that need it are skipped where it is absent. */
public final class Shared {
    private Shared() {}

    public static Path path(String relative) {
        Path path = Path.of(System.getProperty("tether.shared", "../shared"), relative);
        assumeTrue(Files.exists(path), "the shared reference data is absent: " + path);
        return path;
    }
}
