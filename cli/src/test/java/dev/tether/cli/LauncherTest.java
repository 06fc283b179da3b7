package dev.tether.cli;

import static dev.tether.cli.LauncherClone.future;
import static dev.tether.cli.LauncherClone.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.cli.LauncherClone.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, with a Java and a Maven that only say what they were asked. */
class LauncherTest {
    @TempDir
    private Path directory;

    private LauncherClone clone;
    private Path jdk;

    @BeforeEach
    void makeACloneThatIsBuilt() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh");
        clone = LauncherClone.built(directory);
        future(clone.file("cli/target/.built"));
        jdk = clone.jdk("17.0.15");
    }

    @Test
    void argumentsAndDirectoryAreThoseOfTheUser() throws Exception {
        Run run = launch(clone.file("tether"), Map.of(), "train", "--model", "a b/c", "");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .contains("in " + directory.toRealPath())
                .containsSubsequence("dev.tether.cli.Tether", "train", "--model", "a b/c", "");
    }

    @Test
    void itFindsItsHomeThroughLinks() throws Exception {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("absolute"), clone.file("tether"));
        Files.createSymbolicLink(bin.resolve("relative"), Path.of("absolute"));
        Run run = launch(bin.resolve("relative"), Map.of());
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains(clone.file("").toRealPath() + "/cli/target/tether-cli.jar:");
    }

    @Test
    void theEngineGetsItsSettings() throws Exception {
        Run run = launch(clone.file("tether"), Map.of());
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
        Run run = launch(clone.file("tether"), environment);
        assertThat(run.out().lines())
                .contains("OPENBLAS_NUM_THREADS=3", "OPENBLAS_CORETYPE=Zen", "OMP_WAIT_POLICY=active")
                .contains("-Xmx2g", "-Dx=y")
                .anyMatch(line -> line.endsWith(":/my rewards.jar"));
    }

    @Test
    void onlyAJavaThatKnowsAFlagGetsIt() throws Exception {
        assertThat(launch(clone.file("tether"), Map.of()).out()).doesNotContain("--sun-misc-unsafe-memory-access");
        jdk = clone.jdk("25.0.3");
        assertThat(launch(clone.file("tether"), Map.of()).out()).contains("--sun-misc-unsafe-memory-access=allow");
    }

    @Test
    void theVectorApiGetsTheCompilerThatItNeeds() throws Exception {
        String quick = "-XX:TieredStopAtLevel=1";
        assertThat(launch(clone.file("tether"), Map.of(), "kl").out()).contains(quick);
        assertThat(launch(clone.file("tether"), Map.of(), "train").out()).doesNotContain(quick);
        Map<String, String> vector = Map.of("TETHER_JAVA_OPTS", "--add-modules=jdk.incubator.vector");
        assertThat(launch(clone.file("tether"), vector, "kl").out()).doesNotContain(quick);
    }

    @Test
    void aMissingOrOldJavaIsOneLine() throws Exception {
        jdk = clone.jdk("11.0.2");
        Run old = launch(clone.file("tether"), Map.of());
        assertThat(old.exitCode()).isEqualTo(2);
        assertThat(old.err()).hasLineCount(1).contains("is Java 11.0.2; Tether needs 17 or newer");
        jdk = directory.resolve("nowhere");
        Run missing = launch(clone.file("tether"), Map.of());
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).hasLineCount(1).contains("JAVA_HOME is " + jdk, "no bin/java");
    }

    @Test
    void aCloneIsBuiltOnceAndAgainAfterAChange() throws Exception {
        Files.delete(clone.file("cli/target/.built"));
        Run first = launch(clone.file("tether"), Map.of());
        assertThat(first.err()).contains("building Tether", "maven -q -DskipTests package with " + jdk.toRealPath());
        assertThat(first.out()).doesNotContain("maven").contains("dev.tether.cli.Tether");
        assertThat(launch(clone.file("tether"), Map.of()).err()).isEmpty();
        future(Files.createFile(clone.file("cli/src/main/java/New.java")));
        assertThat(launch(clone.file("tether"), Map.of()).err()).contains("building Tether");
    }

    @Test
    void aFailedBuildIsToldAndTriedAgain() throws Exception {
        Files.delete(clone.file("cli/target/.built"));
        script(clone.file("mvnw"), "echo 'no such symbol'; exit 1");
        for (int i = 0; i < 2; i++) {
            Run run = launch(clone.file("tether"), Map.of());
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains("no such symbol", "tether: the build failed");
        }
    }

    /** Without an archive of classes: LauncherArchiveTest has those. */
    private Run launch(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        Map<String, String> all = new HashMap<>(environment);
        all.put("TETHER_ARCHIVE", "off");
        return clone.launch(launcher, jdk, all, arguments);
    }
}
