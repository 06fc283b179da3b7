package dev.tether.cli.console;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** Whether what is printed may be coloured. An option of the commands that paint. */
public final class Screen {
    /** When to colour. */
    enum Colour {
        AUTO,
        ALWAYS,
        NEVER;

        /** Reads it in lower case. */
        static final class Converter implements ITypeConverter<Colour> {
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

    /** Whether colours are wished, or can be seen. */
    public boolean isColoured() {
        String noColour = System.getenv("NO_COLOR");
        boolean refused = noColour != null && !noColour.isEmpty();
        return colour == Colour.ALWAYS || (colour == Colour.AUTO && !refused && isTerminal());
    }

    // the launcher knows whether it writes to a terminal; a console of Java may be there without one
    private static boolean isTerminal() {
        return Boolean.getBoolean("tether.terminal");
    }
}
