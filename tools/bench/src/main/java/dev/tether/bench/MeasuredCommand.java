package dev.tether.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs a command in a session of its own, so that the system shares its cores with nothing else of ours, and collects its
 * figures: those of its line {@code BENCH_RESULT {json}}, the moments of its lines {@code BENCH_EVENT {json}}, how long it
 * took and how much memory it held.
 */
final class MeasuredCommand {
    private static final long SAMPLE_MILLIS = 20;

    /** First place among the groups of the scheduler, where the system allows it. */
    private static final String FIRST_PLACE = "{ echo -20 > /proc/self/autogroup; } 2>/dev/null || true; exec \"$@\"";

    private static final Map<String, String> ENVIRONMENT =
            Map.of("OMP_NUM_THREADS", "2", "HF_HUB_OFFLINE", "1", "TOKENIZERS_PARALLELISM", "false");

    private final List<String> command;
    private final Path log;

    /** @param log takes what the command says beside its figures */
    MeasuredCommand(List<String> command, Path log) {
        this.command = List.copyOf(command);
        this.log = log;
    }

    /**
     * Runs it once.
     *
     * @return figures by name; those inside of others as {@code outer.inner}
     * @throws IOException when it cannot be started, or ends with another exit code than 0
     */
    Map<String, Double> run() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        double start = System.currentTimeMillis() / 1e3;
        Process process = start();
        Thread end = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(end);
        MemoryWatch memory = new MemoryWatch(process);
        memory.start();
        Map<String, Double> figures = new TreeMap<>();
        try (BufferedReader out = process.inputReader()) {
            String line;
            while ((line = out.readLine()) != null) {
                read(line, start, figures);
            }
        }
        int code = process.waitFor();
        figures.put("wall_s", (System.nanoTime() - begun) / 1e9);
        figures.put("peak_rss_mb", memory.peakMebibytes());
        Runtime.getRuntime().removeShutdownHook(end);
        if (code != 0) {
            throw new IOException(String.join(" ", command) + ": ended with " + code + "; see " + log);
        }
        return figures;
    }

    private Process start() throws IOException {
        List<String> words = new ArrayList<>(List.of("setsid", "sh", "-c", FIRST_PLACE, "sh"));
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words);
        ENVIRONMENT.forEach(builder.environment()::putIfAbsent);
        return builder.redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private void read(String line, double start, Map<String, Double> figures) throws IOException {
        if (line.startsWith("BENCH_RESULT ")) {
            flatten("", JsonMapper.shared().readTree(line.substring("BENCH_RESULT ".length())), figures);
        } else if (line.startsWith("BENCH_EVENT ")) {
            JsonNode event = JsonMapper.shared().readTree(line.substring("BENCH_EVENT ".length()));
            figures.putIfAbsent(
                    "events_s." + event.path("name").asString(), event.path("t").doubleValue() - start);
        } else {
            Files.writeString(
                    log, line + "\n", java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
        }
    }

    private static void flatten(String prefix, JsonNode node, Map<String, Double> figures) {
        node.properties().forEach(each -> {
            if (each.getValue().isNumber()) {
                figures.put(prefix + each.getKey(), each.getValue().doubleValue());
            } else if (each.getValue().isObject()) {
                flatten(prefix + each.getKey() + ".", each.getValue(), figures);
            }
        });
    }

    /** Looks again and again at the memory of a process and of all that it started. */
    private static final class MemoryWatch extends Thread {
        private final Process process;
        private volatile long peakKibibytes;

        MemoryWatch(Process process) {
            super("memory");
            setDaemon(true);
            this.process = process;
        }

        @Override
        public void run() {
            try {
                while (process.isAlive()) {
                    long now = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                            .mapToLong(each -> resident(each.pid()))
                            .sum();
                    peakKibibytes = Math.max(peakKibibytes, now);
                    Thread.sleep(SAMPLE_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static long resident(long pid) {
            try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
                return lines.filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum();
            } catch (IOException | java.io.UncheckedIOException e) {
                return 0; // it has just ended
            }
        }

        double peakMebibytes() {
            return peakKibibytes / 1024.0;
        }
    }
}
