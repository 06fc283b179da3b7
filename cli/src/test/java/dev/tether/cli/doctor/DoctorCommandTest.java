package dev.tether.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.cli.CommandLineRun;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
    @Test
    void itTellsOfJavaEngineThreadsAndDisk() {
        CommandLineRun run = CommandLineRun.of("doctor", "--threads", 1);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("java ", Runtime.version().toString())
                .containsPattern("libtorch +2\\.\\d+\\.\\d+.*, 1 thread\\b")
                .contains("threads of torch sleep (OMP_WAIT_POLICY=passive)")
                .containsPattern("blas .* 1 thread, a 1024 x 1024 product runs at [1-9]\\d* GFLOP/s")
                .containsPattern("disk +[0-9.]+ [GM]iB free");
        boolean well = run.out().contains("all is well");
        assertThat(run.exitCode()).isEqualTo(well ? 0 : 1);
    }

    @Test
    void sizesAreReadable() {
        assertThat(Machine.size(600L << 20)).isEqualTo("600 MiB");
        assertThat(Machine.size(3L << 29)).isEqualTo("1.5 GiB");
    }
}
