package dev.tether.cli.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The walls of the house, executable: who may import whom, and what the pure rooms may not touch. */
class ArchitectureTest {
    private static final String ROOT = "dev.tether.";

    /** Which room may import which. */
    private static final Map<String, Set<String>> ROOMS = Map.of(
            "core", Set.of(),
            "vector", Set.of("core"),
            "run", Set.of("core"),
            "trainer", Set.of("core", "run"),
            "torch", Set.of("core", "run", "trainer"),
            "parquet", Set.of("core", "run", "trainer"),
            "onnx", Set.of("core", "run", "trainer"),
            "web", Set.of("core", "run"),
            "cli", Set.of("core", "run", "trainer", "torch", "parquet", "onnx", "web"));

    /** Inside core and run: which package may import which other package of its room; "" is the room's own. */
    private static final Map<String, Set<String>> PACKAGES = Map.ofEntries(
            Map.entry("core.law", Set.of()),
            Map.entry("core.vocabulary", Set.of()),
            Map.entry("core.stats", Set.of("core.law")),
            Map.entry("core.kl", Set.of("core.law", "core.vocabulary", "core.stats")),
            Map.entry("core.belt", Set.of("core.law", "core.stats", "core.kl", "core.objective")),
            Map.entry("core.control", Set.of("core.law", "core.stats", "core.kl")),
            Map.entry("core.reward", Set.of("core.law", "core.stats", "core.kl")),
            Map.entry("core.advantage", Set.of("core.law", "core.stats", "core.kl")),
            Map.entry("core.objective", Set.of("core.law", "core.vocabulary", "core.stats", "core.kl")),
            Map.entry("core.schedule", Set.of("core.law")),
            Map.entry("core.frontier", Set.of("core.law", "core.stats", "core.kl")),
            Map.entry("core.text", Set.of("core.law", "core.stats")),
            Map.entry("core.simulate", Set.of("core.law", "core.stats", "core.kl", "core.control")),
            Map.entry("core.monitor", Set.of("core.law", "core.stats", "core.kl", "core.belt")),
            Map.entry("run", Set.of()),
            Map.entry("run.settings", Set.of("run")),
            Map.entry("run.journal", Set.of("run", "run.settings")),
            Map.entry("run.monitor", Set.of("run", "run.settings", "run.journal")),
            Map.entry("run.foreign", Set.of("run")),
            Map.entry("run.tensorboard", Set.of("run", "run.journal")),
            Map.entry("run.ingest", Set.of("run", "run.settings", "run.journal", "run.monitor", "run.tensorboard")),
            Map.entry("run.chart", Set.of()),
            Map.entry("run.report", Set.of("run", "run.settings", "run.journal", "run.monitor", "run.chart")));

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.tether");

    @Test
    void noPackagesImportEachOtherInACircle() {
        slices().matching("dev.tether.(**)").should().beFreeOfCycles().check(HOUSE);
    }

    @Test
    void everyRoomImportsOnlyTheRoomsBelowIt() {
        Map<String, Set<String>> imports = imports(ArchitectureTest::room);
        assertThat(imports.keySet()).containsExactlyInAnyOrderElementsOf(ROOMS.keySet());
        imports.forEach((room, others) -> assertThat(ROOMS.get(room)).as(room).containsAll(others));
    }

    @Test
    void packagesOfCoreAndRunImportOnlyWhatTheTableAllows() {
        imports(name -> name.substring(ROOT.length())).forEach((from, others) -> {
            if (from.startsWith("core") || from.startsWith("run")) {
                others.removeIf(other -> !other.startsWith(room(ROOT + from)));
                assertThat(PACKAGES).as("packages of core and run").containsKey(from);
                assertThat(PACKAGES.get(from)).as("imports of " + from).containsAll(others);
            }
        });
    }

    @Test
    void noPackageIsADrawerForEverything() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..helpers..", "..misc..")
                .check(HOUSE);
    }

    @Test
    void everyNativeLibraryIsTouchedInItsOwnRoomOnly() {
        Map<String, String[]> natives = Map.of(
                "torch", new String[] {"org.bytedeco..", "ai.djl.."},
                "parquet", new String[] {"org.duckdb.."},
                "onnx", new String[] {"ai.onnxruntime.."},
                "vector", new String[] {"jdk.incubator.."});
        natives.forEach((room, libraries) -> noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + room + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(libraries))
                .check(HOUSE));
    }

    @Test
    void mathsAndAlgorithmsTouchNoClockFileThreadOrRandomnessOfTheirOwn() {
        noClasses()
                .that(resideInAnyPackage("dev.tether.core..", "dev.tether.trainer.algorithm.."))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.nio.file..", "java.util.logging..", "java.util.concurrent.."))
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(
                        Random.class,
                        SplittableRandom.class,
                        Thread.class,
                        File.class,
                        InputStream.class,
                        OutputStream.class,
                        Clock.class,
                        Instant.class)
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(HOUSE);
    }

    @Test
    void onlyTheCommandLineEndsTheProcessOrSpeaksToTheTerminal() {
        noClasses()
                .that(resideInAPackage("dev.tether..")
                        .and(resideInAnyPackage("dev.tether.cli..").negate()))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(HOUSE);
    }

    @Test
    void noSourceFileIsLongerThanFiveHundredLines() throws IOException {
        Path root = Path.of(System.getProperty("tether.root"));
        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> root.relativize(file).toString().contains("src"))
                            .filter(file -> lines(file) > 500))
                    .isEmpty();
        }
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String room(String packageName) {
        return packageName.substring(ROOT.length()).split("\\.")[0];
    }

    /** Who imports whom, by the name that {@code of} gives a package; oneself left out. */
    private static Map<String, Set<String>> imports(UnaryOperator<String> of) {
        Map<String, Set<String>> imports = new TreeMap<>();
        HOUSE.forEach(each -> {
            String from = of.apply(each.getPackageName());
            Set<String> others = imports.computeIfAbsent(from, name -> new TreeSet<>());
            for (Dependency dependency : each.getDirectDependenciesFromSelf()) {
                String target =
                        dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (target.startsWith(ROOT) && !of.apply(target).equals(from)) {
                    others.add(of.apply(target));
                }
            }
        });
        return imports;
    }
}
