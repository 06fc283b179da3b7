package dev.tether.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A clone that holds the launcher and what it looks at, with a Maven and Javas that only say what they were asked. The
 * Java also writes the archive that it is asked for.
 */
final class LauncherClone {
    private static final Path LAUNCHER = Path.of(System.getProperty("tether.root"), "tether");

    private final Path directory;
    private final Path home;

    record Run(int exitCode, String out, String err) {}

    private LauncherClone(Path directory, Path home) {
        this.directory = directory;
        this.home = home;
    }

    /** Built, and without an archive. */
    static LauncherClone built(Path directory) throws IOException {
        return built(directory, "a clone");
    }

    static LauncherClone built(Path directory, String name) throws IOException {
        Path home = Files.createDirectories(directory.resolve(name));
        Files.copy(LAUNCHER, home.resolve("tether"));
        home.resolve("tether").toFile().setExecutable(true);
        Files.createDirectories(home.resolve("cli/src/main/java"));
        Files.createDirectories(home.resolve("cli/target/lib"));
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        Files.writeString(home.resolve("cli/pom.xml"), "<project/>");
        script(
                home.resolve("mvnw"),
                "echo \"maven $* with $JAVA_HOME\"; mkdir -p cli/target/lib; : >cli/target/tether-cli.jar");
        Files.createFile(home.resolve("cli/target/tether-cli.jar"));
        Files.createFile(home.resolve("cli/target/.built"));
        return new LauncherClone(directory, home);
    }

    Path file(String name) {
        return home.resolve(name);
    }

    /** Where the archive of a Java lies. */
    Path archive(String version) {
        return file("cli/target/cds/" + version + ".jsa");
    }

    Path jdk(String version) throws IOException {
        return jdk(version, """
                for a in "$@"; do
                    case $a in -XX:ArchiveClassesAtExit=*) printf archived >"${a#*=}" ;; esac
                done
                """);
    }

    /** @param first what this Java does before it says what it was asked */
    Path jdk(String version, String first) throws IOException {
        Path made = Files.createDirectories(directory.resolve("jdk " + version));
        Files.writeString(made.resolve("release"), "IMPLEMENTOR=\"us\"\nJAVA_VERSION=\"" + version + "\"\n");
        Files.createDirectories(made.resolve("bin"));
        script(
                made.resolve("bin/java"),
                first
                        + "echo \"in $PWD\"; env | grep -e '^OPENBLAS_' -e '^OMP_'; for a in \"$@\"; do echo \"$a\"; done");
        script(made.resolve("bin/javac"), "exit 1");
        return made;
    }

    static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        file.toFile().setExecutable(true);
    }

    /** Makes it newer than all that there is. */
    static void future(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
    }

    Run launch(Path jdk, Map<String, String> environment, String... arguments) throws Exception {
        return launch(file("tether"), jdk, environment, arguments);
    }

    Run launch(Path launcher, Path jdk, Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(OPENBLAS|OMP|TETHER|JDK_JAVA|MALLOC|GLIBC)_.*"));
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().putAll(environment);
        Path err = Files.createTempFile(directory, "err", "");
        Process process = builder.redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out, Files.readString(err));
    }
}
