package dev.tether.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Measures two commands in turns, A B A B, so that what the machine does meanwhile meets both alike. */
public final class Pairs {
    private static final String USAGE =
            "usage: tools/bench/pairs [--pairs N] [--figure NAME]... [--log FILE] -- COMMAND A -- COMMAND B";

    private static final List<String> FIGURES = List.of(
            "s_per_step",
            "rollout_tok_per_s",
            "gen_tok_per_s",
            "phases.generation",
            "phases.update",
            "events_s.first_step_done",
            "peak_rss_mb",
            "wall_s");

    private int pairs = 5;
    private Path log = Path.of("/dev/null");
    private final List<String> figures = new ArrayList<>();
    private final List<List<String>> commands = new ArrayList<>();

    private Pairs() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(System.out, System.err, arguments));
    }

    /** @return 0; 1 where a command failed; 2 for wrong usage */
    static int run(PrintStream out, PrintStream err, String... arguments) throws InterruptedException {
        Pairs pairs = new Pairs();
        try {
            pairs.read(Arrays.asList(arguments));
        } catch (IllegalArgumentException e) {
            err.println("pairs: " + e.getMessage());
            err.println(USAGE);
            return 2;
        }
        try {
            pairs.measure(out);
            return 0;
        } catch (IOException e) {
            err.println("pairs: " + e.getMessage());
            return 1;
        }
    }

    private void read(List<String> words) {
        int at = 0;
        while (at < words.size() && !words.get(at).equals("--")) {
            if (at + 1 == words.size()) {
                throw new IllegalArgumentException(words.get(at) + " needs a value");
            }
            option(words.get(at), words.get(at + 1));
            at += 2;
        }
        for (; at < words.size(); at++) {
            if (words.get(at).equals("--")) {
                commands.add(new ArrayList<>());
            } else {
                commands.get(commands.size() - 1).add(words.get(at));
            }
        }
        if (commands.size() != 2 || commands.stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("two commands are needed, each after --");
        }
    }

    private void option(String name, String value) {
        switch (name) {
            case "--pairs" -> {
                if (!value.matches("[1-9]\\d{0,3}")) {
                    throw new IllegalArgumentException("--pairs " + value + ", must be at least 1");
                }
                pairs = Integer.parseInt(value);
            }
            case "--figure" -> figures.add(value);
            case "--log" -> log = Path.of(value);
            default -> throw new IllegalArgumentException("unknown option " + name);
        }
    }

    private void measure(PrintStream out) throws IOException, InterruptedException {
        List<Map<String, Double>> first = new ArrayList<>();
        List<Map<String, Double>> second = new ArrayList<>();
        for (int pair = 0; pair < pairs; pair++) {
            first.add(new MeasuredCommand(commands.get(0), log).run());
            second.add(new MeasuredCommand(commands.get(1), log).run());
        }
        out.print(new Comparison(first, second).table(figures.isEmpty() ? FIGURES : figures));
    }
}
