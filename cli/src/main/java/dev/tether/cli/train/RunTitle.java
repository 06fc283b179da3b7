package dev.tether.cli.train;

import dev.tether.cli.console.Words;
import dev.tether.core.kl.KlUnit;
import dev.tether.run.RunDirectory;
import dev.tether.run.settings.BeltSettings;
import dev.tether.run.settings.RunSettings;
import java.util.Locale;

/** The lines above a run's table: what is trained on what, and how it is held. */
final class RunTitle {
    private RunTitle() {}

    static String of(RunSettings settings, RunDirectory directory) {
        return String.format(
                Locale.ROOT,
                "training %s on %s for %s, %d steps of %d x %d tokens%nbelt: %s%nrun:  %s%n",
                settings.model().policy(),
                settings.prompts().source(),
                settings.reward().source(),
                settings.steps(),
                settings.prompts().batchSize(),
                settings.generation().maxNewTokens(),
                belt(settings.belt()),
                directory.root());
    }

    private static String belt(BeltSettings belt) {
        String price =
                String.format(Locale.ROOT, "%s in the reward, beta %.4g", Words.name(belt.estimator()), belt.klCoef());
        if (belt.controller() == BeltSettings.Controller.FIXED) {
            return price + (belt.klCoef() == 0 ? ": no belt, the KL is only measured" : " throughout");
        }
        return String.format(
                Locale.ROOT,
                "%s at the start, %s holds %.4g nats per %s",
                price,
                Words.name(belt.controller()),
                belt.target(),
                belt.unit() == KlUnit.NATS_PER_TOKEN ? "token" : "sequence");
    }
}
