package dev.tether.cli.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What the operating system says of the machine; Linux tells most. */
final class Machine {
    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final Path MEMORY = Path.of("/proc/meminfo");

    private Machine() {}

    static String processor() {
        return value(CPU, "model name").orElse("processor unknown");
    }

    static boolean hasAvx512() {
        return value(CPU, "flags").map(flags -> flags.contains(" avx512f ")).orElse(false);
    }

    static String memory() {
        String heap = "heap at most " + size(Runtime.getRuntime().maxMemory());
        return value(MEMORY, "MemTotal")
                .map(kilobytes -> size(Long.parseLong(kilobytes.replaceAll("\\D", "")) * 1024) + " memory, " + heap)
                .orElse(heap);
    }

    /** Where the native libraries unpack themselves, as far as they have. */
    static List<Path> caches() {
        Path home = Path.of(System.getProperty("user.home"));
        Path javacpp = Path.of(System.getProperty(
                "org.bytedeco.javacpp.cachedir", home.resolve(".javacpp/cache").toString()));
        String djl = System.getProperty("DJL_CACHE_DIR", System.getenv("DJL_CACHE_DIR"));
        Path tokenizers = djl == null ? home.resolve(".djl.ai") : Path.of(djl);
        return Stream.of(javacpp, tokenizers).filter(Files::isDirectory).toList();
    }

    static long bytesUnder(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    static String size(long bytes) {
        return bytes >= 1L << 30
                ? String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30))
                : String.format(Locale.ROOT, "%.0f MiB", bytes / (double) (1L << 20));
    }

    private static Optional<String> value(Path file, String key) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }
}
