package dev.tether.cli.live;

import dev.tether.cli.console.Signs;
import dev.tether.run.InputException;
import dev.tether.run.settings.RunSettings;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;

/** Chooses how a run is shown. */
public final class Displays {
    /** How it is wished to be shown. */
    public enum Wish {
        /** On the whole screen, where there is a terminal that can; otherwise by lines. */
        AUTO,
        /** On the whole screen. */
        LIVE,
        /** One line per step. */
        LINES
    }

    private Displays() {}

    /**
     * A display of a run that is about to begin.
     *
     * @throws InputException where the whole screen is wished, and there is none
     */
    public static Display open(Wish wish, RunSettings settings, String name, PrintWriter out) {
        // the launcher knows whether it writes to a terminal; a console of Java may be there without one
        boolean isTerminal = Boolean.getBoolean("tether.terminal");
        Optional<TerminalCanvas> canvas =
                wish == Wish.LINES || !isTerminal || isAscii(wish) ? Optional.empty() : TerminalCanvas.open();
        if (canvas.isPresent()) {
            return new LiveScreen(canvas.get(), colours(), settings, name, out);
        }
        if (wish == Wish.LIVE) {
            throw new InputException("--display live: needs a terminal of at least " + LiveView.LEAST_WIDTH + " x "
                    + LiveView.LEAST_HEIGHT + " characters; --display lines does without");
        }
        return new LiveProgress(out, isTerminal ? LiveProgress.Screen.TERMINAL : LiveProgress.Screen.PIPE, settings);
    }

    /** Without Unicode the frames and dots are question marks: nobody gets them who did not ask. */
    private static boolean isAscii(Wish wish) {
        return wish == Wish.AUTO && Signs.ofLocale(System.getenv()) == Signs.ASCII;
    }

    private static LiveScreen.Colours colours() {
        Map<String, String> environment = System.getenv();
        return environment.getOrDefault("NO_COLOR", "").isEmpty() ? LiveScreen.Colours.ALL : LiveScreen.Colours.NONE;
    }
}
