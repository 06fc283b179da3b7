package dev.tether.cli.demo;

import dev.tether.run.settings.RunSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What all runs of the demonstration and of the study have in common.
 *
 * @param steps of each run
 * @param seed of each run
 */
record DemoSettings(int steps, long seed) {
    /** The grammar's own judgement: what is really wanted. */
    static final String GOLD = "reviews";

    /** A fixed coefficient; 0 = no belt. */
    static List<String> fixed(double klCoef) {
        return List.of("belt.controller=fixed", "belt.kl_coef=" + klCoef);
    }

    /** A KL budget, nats per response. */
    static List<String> budget(double nats) {
        return List.of("belt.controller=pi", "belt.target=" + nats);
    }

    /** Of a run on the reward in a file, held as said. */
    RunSettings run(Path reward, List<String> belt) {
        List<String> values = new ArrayList<>(List.of(
                "steps=" + steps,
                "threads=1",
                "seed=" + seed,
                "reward.source=preferences:" + reward.toAbsolutePath(),
                "reward.gold=" + GOLD,
                "belt.force_every_steps=0"));
        values.addAll(belt);
        return RunSettings.defaults().with(values.toArray(String[]::new));
    }
}
