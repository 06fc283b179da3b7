package dev.tether.cli.console;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What the place that the output goes to can show. An option group of the commands that draw. */
public final class Screen {
    /** When to colour. */
    enum Colour {
        AUTO,
        ALWAYS,
        NEVER;

        /** Reads it in lower case. */
        static final class Converter implements picocli.CommandLine.ITypeConverter<Colour> {
            @Override
            public Colour convert(String word) throws Exception {
                return Words.lowerCase(Colour.class).convert(word);
            }
        }
    }

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            converter = Colour.Converter.class,
            description = "auto (on a terminal), always or never; NO_COLOR is respected. Default: ${DEFAULT-VALUE}.")
    private Colour colour = Colour.AUTO;

    @Option(names = "--ascii", description = "Draw with ASCII only. Default where the locale is not UTF-8.")
    private boolean ascii;

    /** Whether colours are wished, or can be seen. */
    public boolean isColoured() {
        String noColour = System.getenv("NO_COLOR");
        boolean refused = noColour != null && !noColour.isEmpty();
        return colour == Colour.ALWAYS || (colour == Colour.AUTO && !refused && isTerminal());
    }

    /** Whether signs beyond ASCII can be seen. */
    public boolean isUnicode() {
        return !ascii && speaksUtf8(System.getenv());
    }

    // the launcher knows whether it writes to a terminal; a console of Java may be there without one
    private static boolean isTerminal() {
        return Boolean.getBoolean("tether.terminal");
    }

    /** As POSIX has it: the first of the three that is set tells the locale; none set tells nothing against it. */
    static boolean speaksUtf8(Map<String, String> environment) {
        return Stream.of("LC_ALL", "LC_CTYPE", "LANG")
                .map(name -> environment.getOrDefault(name, ""))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .map(locale -> locale.toLowerCase(Locale.ROOT).replace("-", "").contains("utf8"))
                .orElse(true);
    }
}
