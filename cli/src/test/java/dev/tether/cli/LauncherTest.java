package dev.tether.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, with a Java and a Maven that only say what they were asked. */
class LauncherTest {
    private static final Path LAUNCHER = Path.of(System.getProperty("tether.root"), "tether");

    @TempDir
    private Path directory;

    private Path home;
    private Path jdk;

    private record Run(int exitCode, String out, String err) {}

    @BeforeEach
    void makeACloneThatIsBuilt() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh");
        home = Files.createDirectories(directory.resolve("a clone"));
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
        future(home.resolve("cli/target/.built"));
        jdk = jdk("17.0.15");
    }

    @Test
    void argumentsAndDirectoryAreThoseOfTheUser() throws Exception {
        Run run = launch(home.resolve("tether"), Map.of(), "train", "--model", "a b/c", "");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .contains("in " + directory.toRealPath())
                .containsSubsequence("dev.tether.cli.Tether", "train", "--model", "a b/c", "");
    }

    @Test
    void itFindsItsHomeThroughLinks() throws Exception {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("absolute"), home.resolve("tether"));
        Files.createSymbolicLink(bin.resolve("relative"), Path.of("absolute"));
        Run run = launch(bin.resolve("relative"), Map.of());
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains(home.toRealPath() + "/cli/target/tether-cli.jar:");
    }

    @Test
    void theEngineGetsItsSettings() throws Exception {
        Run run = launch(home.resolve("tether"), Map.of());
        assertThat(run.out())
                .contains("OPENBLAS_NUM_THREADS=1", "OMP_WAIT_POLICY=passive")
                .contains("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", "-Dorg.bytedeco.javacpp.nopointergc=true");
    }

    @Test
    void whatTheUserHasSetIsLeftAlone() throws Exception {
        Map<String, String> environment = Map.of(
                "OPENBLAS_NUM_THREADS", "3",
                "OPENBLAS_CORETYPE", "Zen",
                "OMP_WAIT_POLICY", "active",
                "TETHER_JAVA_OPTS", "-Xmx2g -Dx=y",
                "TETHER_CLASSPATH", "/my rewards.jar");
        Run run = launch(home.resolve("tether"), environment);
        assertThat(run.out().lines())
                .contains("OPENBLAS_NUM_THREADS=3", "OPENBLAS_CORETYPE=Zen", "OMP_WAIT_POLICY=active")
                .contains("-Xmx2g", "-Dx=y")
                .anyMatch(line -> line.endsWith(":/my rewards.jar"));
    }

    @Test
    void onlyAJavaThatKnowsAFlagGetsIt() throws Exception {
        assertThat(launch(home.resolve("tether"), Map.of()).out()).doesNotContain("--sun-misc-unsafe-memory-access");
        jdk = jdk("25.0.3");
        assertThat(launch(home.resolve("tether"), Map.of()).out()).contains("--sun-misc-unsafe-memory-access=allow");
    }

    @Test
    void aMissingOrOldJavaIsOneLine() throws Exception {
        jdk = jdk("11.0.2");
        Run old = launch(home.resolve("tether"), Map.of());
        assertThat(old.exitCode()).isEqualTo(2);
        assertThat(old.err()).hasLineCount(1).contains("is Java 11.0.2; Tether needs 17 or newer");
        jdk = directory.resolve("nowhere");
        Run missing = launch(home.resolve("tether"), Map.of());
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).hasLineCount(1).contains("JAVA_HOME is " + jdk, "no bin/java");
    }

    @Test
    void aCloneIsBuiltOnceAndAgainAfterAChange() throws Exception {
        Files.delete(home.resolve("cli/target/.built"));
        Run first = launch(home.resolve("tether"), Map.of());
        assertThat(first.err()).contains("building Tether", "maven -q -DskipTests package with " + jdk.toRealPath());
        assertThat(first.out()).doesNotContain("maven").contains("dev.tether.cli.Tether");
        assertThat(launch(home.resolve("tether"), Map.of()).err()).isEmpty();
        future(Files.createFile(home.resolve("cli/src/main/java/New.java")));
        assertThat(launch(home.resolve("tether"), Map.of()).err()).contains("building Tether");
    }

    @Test
    void aFailedBuildIsToldAndTriedAgain() throws Exception {
        Files.delete(home.resolve("cli/target/.built"));
        script(home.resolve("mvnw"), "echo 'no such symbol'; exit 1");
        for (int i = 0; i < 2; i++) {
            Run run = launch(home.resolve("tether"), Map.of());
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains("no such symbol", "tether: the build failed");
        }
    }

    private Path jdk(String version) throws IOException {
        Path made = Files.createDirectories(directory.resolve("jdk " + version));
        Files.writeString(made.resolve("release"), "IMPLEMENTOR=\"us\"\nJAVA_VERSION=\"" + version + "\"\n");
        Files.createDirectories(made.resolve("bin"));
        script(
                made.resolve("bin/java"),
                "echo \"in $PWD\"; env | grep -e '^OPENBLAS_' -e '^OMP_'; for a in \"$@\"; do echo \"$a\"; done");
        script(made.resolve("bin/javac"), "exit 1");
        return made;
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        file.toFile().setExecutable(true);
    }

    private static void future(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
    }

    private Run launch(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(OPENBLAS|OMP|TETHER)_.*"));
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().putAll(environment);
        Path err = directory.resolve("err");
        Process process = builder.redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out, Files.readString(err));
    }
}
