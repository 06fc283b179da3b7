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
                "training %s by %s on %s for %s, %d steps of %s x %d tokens%nbelt: %s%nrun:  %s%n",
                settings.model().policy(),
                Words.name(settings.algorithm()),
                settings.prompts().source(),
                settings.reward().source(),
                settings.steps(),
                batch(settings),
                settings.generation().maxNewTokens(),
                belt(settings.belt()),
                directory.root());
    }

    private static String batch(RunSettings settings) {
        int responses = settings.prompts().batchSize();
        int answers = settings.answersPerPrompt();
        return answers == 1 ? Integer.toString(responses) : responses / answers + " x " + answers;
    }

    private static String belt(BeltSettings belt) {
        String price = Words.name(belt.placement()) + String.format(Locale.ROOT, ", beta %.4g", belt.klCoef());
        String unit = belt.unit() == KlUnit.NATS_PER_TOKEN ? "token" : "sequence";
        return switch (belt.controller()) {
            case FIXED -> price + (belt.klCoef() == 0 ? ": no belt, the KL is only measured" : " throughout");
            case SCHEDULE -> Words.name(belt.placement()) + ", beta by schedule";
            default ->
                String.format(
                        Locale.ROOT,
                        "%s at the start, %s holds %.4g nats per %s",
                        price,
                        Words.name(belt.controller()),
                        belt.target(),
                        unit);
        };
    }
}
