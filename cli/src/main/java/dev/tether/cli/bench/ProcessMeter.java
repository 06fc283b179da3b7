package dev.tether.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/** What Linux and the virtual machine say of this process and its machine. */
final class ProcessMeter {
    private static final Path PROC = Path.of("/proc");
    private static final double TICKS_PER_SECOND = 100;

    private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    private final Path proc;

    ProcessMeter() {
        this(PROC);
    }

    ProcessMeter(Path proc) {
        this.proc = proc;
    }

    /**
     * The meters at one moment.
     *
     * @param seconds of a clock that only goes forward
     * @param busy core-seconds that the whole machine has worked; NaN = unknown
     * @param cpu core-seconds that this process has worked
     * @param delay seconds that threads of this process could have run and had no core; NaN = unknown
     * @param heapBytes allocated on the heap by the thread that asks
     */
    record Reading(double seconds, double busy, double cpu, double delay, long heapBytes) {}

    Reading read() {
        return new Reading(
                System.nanoTime() / 1e9,
                busy(),
                system.getProcessCpuTime() / 1e9,
                delay(),
                threads.getCurrentThreadAllocatedBytes());
    }

    /** The most memory that this process has held, in MiB; empty where nobody says. */
    OptionalDouble peakMebibytes() {
        try {
            return Files.readAllLines(proc.resolve("self/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                    .findFirst();
        } catch (IOException e) {
            return OptionalDouble.empty();
        }
    }

    /** When the virtual machine was started, seconds since 1970. */
    static double startedAt() {
        return ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3;
    }

    private double busy() {
        try {
            String[] fields =
                    Files.readAllLines(proc.resolve("stat")).get(0).trim().split("\\s+");
            double ticks = 0;
            for (int i = 1; i < Math.min(9, fields.length); i++) {
                boolean idle = i == 4 || i == 5;
                ticks += idle ? 0 : Long.parseLong(fields[i]);
            }
            return ticks / TICKS_PER_SECOND;
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            return Double.NaN;
        }
    }

    private double delay() {
        double nanos = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(proc.resolve("self/task"))) {
            for (Path task : tasks) {
                nanos += delayNanos(task);
            }
        } catch (IOException e) {
            return Double.NaN;
        }
        return nanos / 1e9;
    }

    private static double delayNanos(Path task) {
        try {
            String[] fields = Files.readString(task.resolve("schedstat")).trim().split("\\s+");
            return fields.length < 2 ? Double.NaN : Long.parseLong(fields[1]);
        } catch (IOException e) {
            // the thread has just ended; where no thread has the file nothing is known
            return Files.exists(task) ? Double.NaN : 0;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
