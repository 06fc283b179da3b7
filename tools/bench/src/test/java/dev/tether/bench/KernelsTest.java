package dev.tether.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Kernels are measured by hand; here they only have to compute what they are named after. */
class KernelsTest {
    @Test
    void vocabularyKernelsAgreeWithEachOther() {
        VocabularyKernels kernels = new VocabularyKernels();
        kernels.vocabulary = 512;
        kernels.draw();
        assertThat(Arrays.stream(kernels.logSoftmax()).map(Math::exp).sum()).isBetween(1 - 1e-12, 1 + 1e-12);
        assertThat(kernels.fullKl()).isBetween(1e-5, 1e-2);
        assertThat(kernels.jensenShannon()).isBetween(1e-6, kernels.fullKl());
        assertThat(kernels.truncatedKl().lower())
                .isBetween(0.0, kernels.truncatedKl().upper());
        assertThat(kernels.truncatedKl().lower()).isLessThan(kernels.fullKl());
    }

    @Test
    void batchKernelsSeeHalfOfTheirPositions() {
        BatchKernels kernels = new BatchKernels();
        kernels.sequences = 128;
        kernels.tokens = 64;
        kernels.draw();
        assertThat(kernels.klSummary().tokens()).isBetween(128 * 24L, 128 * 40L);
        assertThat(kernels.klEstimates().k3().natsPerToken())
                .isEqualTo(kernels.klSummary().natsPerToken());
        assertThat(kernels.gae().advantages()).hasDimensions(128, 64);
    }

    @Test
    void theJournalGrowsByWholeRows() throws IOException {
        JournalKernels kernels = new JournalKernels();
        kernels.create();
        long row = kernels.append();
        assertThat(row).isBetween(200L, 5000L);
        assertThat(kernels.append()).isEqualTo(2 * row);
        kernels.remove();
    }

    @Test
    void allOfThemAreFoundByTheirLauncher() {
        Set<String> found = BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT), java.util.List.of())
                .stream()
                .map(each -> each.getUsername())
                .collect(Collectors.toSet());
        Set<String> declared = Stream.of(VocabularyKernels.class, BatchKernels.class, JournalKernels.class)
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(org.openjdk.jmh.annotations.Benchmark.class))
                .map(KernelsTest::name)
                .collect(Collectors.toSet());
        assertThat(found).containsExactlyInAnyOrderElementsOf(declared).hasSize(8);
    }

    private static String name(Method method) {
        return method.getDeclaringClass().getName() + "." + method.getName();
    }
}
