package dev.tether.cli;

import static dev.tether.cli.LauncherClone.future;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.cli.LauncherClone.Run;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of loaded classes that the launcher makes and uses. */
class LauncherArchiveTest {
    private static final String PREPARING = "preparing quick starts (once)…\n";
    private static final String USED = "-XX:SharedArchiveFile=";

    @TempDir
    private Path directory;

    private LauncherClone clone;

    @BeforeEach
    void makeACloneThatIsBuilt() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh");
        clone = LauncherClone.built(directory);
    }

    @Test
    void itIsMadeOnceForEachJavaAndBuild() throws Exception {
        Path old = clone.jdk("17.0.15");
        Path young = clone.jdk("25.0.3");
        for (Path jdk : List.of(old, young)) {
            Run first = clone.launch(jdk, Map.of());
            assertThat(first.err()).isEqualTo(PREPARING);
            assertThat(first.exitCode()).isZero();
            assertThat(clone.launch(jdk, Map.of()).err()).isEmpty();
        }
        assertThat(clone.launch(old, Map.of()).out()).contains(USED + clone.archive("17.0.15"));
        assertThat(clone.launch(young, Map.of()).out()).contains(USED + clone.archive("25.0.3"));
        Files.writeString(clone.archive("17.0.15"), "of the build before");
        future(clone.file("cli/target/.built"));
        assertThat(clone.launch(old, Map.of()).err()).isEqualTo(PREPARING);
        assertThat(clone.archive("17.0.15")).hasContent("archived");
    }

    @Test
    void aBuildByHandMakesItStale() throws Exception {
        Path jdk = clone.jdk("17.0.15");
        clone.launch(jdk, Map.of());
        future(clone.file("cli/target/tether-cli.jar"));
        assertThat(clone.launch(jdk, Map.of()).err()).isEqualTo(PREPARING);
    }

    @Test
    void itIsMadeAndUsedWithTheSameClassPath() throws Exception {
        Files.createFile(clone.file("cli/target/lib/b.jar"));
        Files.createFile(clone.file("cli/target/lib/a.jar"));
        Path jdk = clone.jdk("17.0.15", "echo \"$*\" >>'" + directory + "/asked'\n");
        clone.launch(jdk, Map.of("TETHER_CLASSPATH", "/mine"));
        String expected = Stream.of("tether-cli.jar", "lib/a.jar", "lib/b.jar")
                .map(name -> clone.file("cli/target/" + name).toString())
                .reduce((a, b) -> a + ":" + b)
                .orElseThrow();
        assertThat(Files.readAllLines(directory.resolve("asked")))
                .satisfiesExactly(
                        rehearsal -> assertThat(rehearsal).contains("-cp " + expected + " dev.tether.cli.Rehearsal"),
                        start -> assertThat(start).contains("-cp " + expected + ":/mine dev.tether.cli.Tether"));
    }

    @Test
    void aFailureIsNotFatalAndNotRepeated() throws Exception {
        Path jdk = clone.jdk("17.0.15", "case \"$*\" in *Rehearsal*) echo crash; exit 134 ;; esac\n");
        Run first = clone.launch(jdk, Map.of());
        assertThat(first.exitCode()).isZero();
        assertThat(first.err()).isEqualTo(PREPARING);
        assertThat(first.out()).contains("dev.tether.cli.Tether").doesNotContain(USED, "crash");
        Run second = clone.launch(jdk, Map.of());
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).doesNotContain(USED);
    }

    @Test
    void whereNothingCanBeWrittenItStartsWithout() throws Exception {
        Files.createFile(clone.file("cli/target/cds")); // not even root can make a directory of it
        Run run = clone.launch(clone.jdk("17.0.15"), Map.of());
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("dev.tether.cli.Tether").doesNotContain(USED);
    }

    @Test
    void theUserCanDoWithout() throws Exception {
        Run run = clone.launch(clone.jdk("17.0.15"), Map.of("TETHER_ARCHIVE", "off"));
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).doesNotContain(USED);
        assertThat(clone.file("cli/target/cds")).doesNotExist();
    }

    @Test
    void startsAtOnceNeverSeeHalfOfIt() throws Exception {
        Path jdk = clone.jdk("17.0.15", """
                for a in "$@"; do
                    case $a in
                        -XX:ArchiveClassesAtExit=*) printf first >"${a#*=}"; sleep 0.3; printf ,second >>"${a#*=}" ;;
                        -XX:SharedArchiveFile=*) echo "sees $(cat "${a#*=}")" ;;
                    esac
                done
                """);
        ExecutorService pool = Executors.newFixedThreadPool(6);
        try {
            Callable<Run> start = () -> {
                Thread.sleep((long) (Math.random() * 600));
                return clone.launch(jdk, Map.of());
            };
            for (Future<Run> run : pool.invokeAll(List.of(start, start, start, start, start, start))) {
                assertThat(run.get().exitCode()).isZero();
                assertThat(run.get().out()).contains("sees first,second\n");
            }
        } finally {
            pool.shutdown();
        }
        try (Stream<Path> left = Files.list(clone.file("cli/target/cds"))) {
            assertThat(left).containsExactly(clone.archive("17.0.15"));
        }
    }

    /** With the Java that runs this test, and a command line of two classes. */
    @Test
    void aRealJavaReadsItAndSaysNothingWhereItDoesNotFit() throws Exception {
        Path jdk = Path.of(System.getProperty("java.home"));
        clone = LauncherClone.built(directory, "clone"); // a space in the path: JDK 17 would not find its classes again
        commandLine(clone.file("cli/target/tether-cli.jar"));
        Path log = directory.resolve("classes.log");
        Run first = clone.launch(jdk, Map.of());
        assertThat(first).isEqualTo(new Run(0, "hello\n", PREPARING));
        String logged = "-Xlog:class+load:file=" + log;
        Map<String, String> extended = Map.of("TETHER_CLASSPATH", "/mine.jar", "TETHER_JAVA_OPTS", logged);
        assertThat(clone.launch(jdk, extended)).isEqualTo(new Run(0, "hello\n", ""));
        assertThat(sourceOfTether(log)).contains("shared objects file");
        for (String misfit : List.of("-XX:-UseCompressedOops", "-Xshare:off", "-XX:ObjectAlignmentInBytes=16")) {
            assertThat(clone.launch(jdk, Map.of("TETHER_JAVA_OPTS", misfit))).isEqualTo(new Run(0, "hello\n", ""));
        }
        Path archive;
        try (Stream<Path> made = Files.list(clone.file("cli/target/cds"))) {
            archive = made.findFirst().orElseThrow();
        }
        Files.delete(clone.file("cli/target/tether-cli.jar"));
        commandLine(clone.file("cli/target/tether-cli.jar"));
        future(clone.file("cli/target/tether-cli.jar")); // Java tells one jar from another by whole seconds
        future(archive); // as new as can be, and yet of another jar
        assertThat(clone.launch(jdk, extended)).isEqualTo(new Run(0, "hello\n", ""));
        assertThat(sourceOfTether(log)).contains("tether-cli.jar");
        Files.delete(archive);
        Files.writeString(archive, "damaged");
        future(archive);
        assertThat(clone.launch(jdk, Map.of())).isEqualTo(new Run(0, "hello\n", ""));
    }

    private static String sourceOfTether(Path log) throws Exception {
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains(" dev.tether.cli.Tether source: "))
                .findFirst()
                .orElseThrow();
    }

    private void commandLine(Path jar) throws Exception {
        Path sources = Files.createDirectories(directory.resolve("sources"));
        Path classes = Files.createDirectories(directory.resolve("classes"));
        Path hello = Files.writeString(
                sources.resolve("Tether.java"),
                "package dev.tether.cli; class Tether { public static void main(String[] a) {"
                        + " System.out.println(\"hello\"); } }");
        Path rehearsal = Files.writeString(
                sources.resolve("Rehearsal.java"),
                "package dev.tether.cli; class Rehearsal { public static void main(String[] a) { Tether.main(a); } }");
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", classes.toString(), hello.toString(), rehearsal.toString());
        assertThat(failed).isZero();
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (String name : List.of("dev/tether/cli/Tether.class", "dev/tether/cli/Rehearsal.class")) {
                out.putNextEntry(new JarEntry(name));
                Files.copy(classes.resolve(name), out);
            }
        }
    }
}
