package dev.tether.cli.bench;

import java.util.List;
import java.util.Locale;

/** What was learned, step by step, in the columns that other trainers were measured in. */
final class BenchCurve {
    private BenchCurve() {}

    static String csv(List<BenchStep> steps) {
        StringBuilder csv = new StringBuilder("step,reward,kl,seconds\n");
        for (int i = 0; i < steps.size(); i++) {
            BenchStep step = steps.get(i);
            csv.append(i)
                    .append(',')
                    .append(step.learned().reward())
                    .append(',')
                    .append(step.learned().kl())
                    .append(String.format(Locale.ROOT, ",%.3f\n", step.seconds()));
        }
        return csv.toString();
    }
}
