package dev.tether.cli.console;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/** How every command of the application reads and speaks. */
public final class Words {
    private Words() {}

    /** A converter that reads the constants of an enum in lower case, as they stand in settings and journals. */
    public static <E extends Enum<E>> ITypeConverter<E> lowerCase(Class<E> type) {
        return word -> Arrays.stream(type.getEnumConstants())
                .filter(constant -> name(constant).equals(word.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("\"" + word + "\" is none of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(Words::name)
                                .collect(Collectors.joining(", "))));
    }

    /** The constant's name as it is written everywhere outside of the code. */
    public static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Gives every command --help, --version, the exit codes, and the same layout. */
    public static void describe(CommandLine commandLine) {
        describe(commandLine.getCommandSpec());
        commandLine.getSubcommands().values().forEach(Words::describe);
    }

    private static void describe(CommandSpec spec) {
        spec.mixinStandardHelpOptions(true);
        spec.versionProvider(new Version());
        spec.usageMessage()
                .abbreviateSynopsis(true)
                .sortOptions(false)
                .width(110)
                .optionListHeading("%nOptions:%n")
                .parameterListHeading("%n")
                .commandListHeading("%nCommands:%n")
                .descriptionHeading("%n")
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(ExitCode.meanings());
    }
}
