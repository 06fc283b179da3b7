package dev.tether.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessMeterTest {
    @TempDir
    private Path proc;

    private void write(String file, String text) throws IOException {
        Files.createDirectories(proc.resolve(file).getParent());
        Files.writeString(proc.resolve(file), text);
    }

    @Test
    void theWaitingOfAllThreadsIsSummed() throws IOException {
        write("self/task/1/schedstat", "900000000 250000000 17\n");
        write("self/task/2/schedstat", "900000000 500000000 17\n");
        assertThat(new ProcessMeter(proc).read().delay()).isCloseTo(0.75, within(1e-12));
    }

    @Test
    void idleCoresAndWaitsForTheDiskAreNotBusy() throws IOException {
        write("stat", "cpu  100 200 300 5000 6000 10 20 30 999 999\ncpu0 1 1 1 1 1 1 1 1\n");
        assertThat(new ProcessMeter(proc).read().busy()).isCloseTo(6.6, within(1e-12));
    }

    @Test
    void whatTheSystemDoesNotSayIsUnknown() throws IOException {
        ProcessMeter meter = new ProcessMeter(proc);
        assertThat(meter.read().busy()).isNaN();
        assertThat(meter.read().delay()).isNaN();
        assertThat(meter.peakMebibytes()).isEmpty();
        Files.createDirectories(proc.resolve("self/task/1"));
        assertThat(meter.read().delay()).isNaN();
    }

    @Test
    void thePeakIsTheHighWaterMark() throws IOException {
        write("self/status", "Name:\tjava\nVmPeak:\t 9999999 kB\nVmHWM:\t  524288 kB\nVmRSS:\t 1 kB\n");
        assertThat(new ProcessMeter(proc).peakMebibytes()).hasValue(512);
    }

    @Test
    void allocationsOfThisThreadAreCounted() {
        ProcessMeter meter = new ProcessMeter();
        long before = meter.read().heapBytes();
        byte[] kept = new byte[1 << 20];
        assertThat(meter.read().heapBytes() - before).isBetween((long) kept.length, kept.length + (1L << 20));
    }
}
