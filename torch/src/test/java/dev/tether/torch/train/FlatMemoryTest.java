package dev.tether.torch.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a step makes outside of the Java heap is gone when the step is over. */
class FlatMemoryTest {
    @TempDir
    Path directory;

    /**
     * In a process of its own: handles are counted only where JavaCPP registers them, which the other tests switch off;
     * and the heap is so large that no collection frees a forgotten handle before it is counted.
     */
    @Test
    void noHandleOutlivesItsStepNorItsPolicy() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-Xmn800m",
                        "-XX:+UseSerialGC",
                        "-Dorg.bytedeco.javacpp.nopointergc=false",
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TrainingLife.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        long[] handles = Arrays.stream(output.strip().split(" "))
                .mapToLong(Long::parseLong)
                .toArray();
        assertThat(handles[0]).as("handles after 20 steps").isPositive();
        assertThat(handles[1]).as("handles after 40 steps").isEqualTo(handles[0]);
        // the first leaves the constants of the process behind
        assertThat(handles[3]).as("handles left by a second policy").isEqualTo(handles[2]);
    }

    /** Run by the profile {@code soak}, which gives the Java heap all its pages at the start. */
    @Test
    @Tag("soak")
    void nativeMemoryIsFlatOverAThousandSteps() throws IOException {
        long[] kilobytes = TrainingLife.readings(directory, 100, 1000, FlatMemoryTest::residentKilobytes);
        System.out.println("resident kB at steps 100 and 1000: " + Arrays.toString(kilobytes));
        assertThat(kilobytes[1] - kilobytes[0]).as("kB that 900 steps added").isLessThan(8 * 1024);
    }

    private static long residentKilobytes() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
