package dev.tether.cli.preference;

import dev.tether.cli.console.Words;
import dev.tether.cli.model.ChatName;
import dev.tether.run.InputException;
import dev.tether.run.settings.PromptSettings.Chat;
import dev.tether.trainer.chat.ChatFiles;
import dev.tether.trainer.chat.ChatWriter;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.preference.PreferenceFile;
import dev.tether.trainer.preference.PreferenceRow;
import dev.tether.trainer.preference.TextPairs;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** Where comparisons come from. */
final class PairSource {
    /** How answers end whose row does not say it. */
    enum Ends {
        /** By themselves: a stop token stands after them. */
        STOP,
        /** They were cut: none does. */
        CUT;

        StopReason reason() {
            return this == STOP ? StopReason.ENDED : StopReason.TRUNCATED;
        }

        /** Reads it in lower case. */
        static final class Converter implements ITypeConverter<Ends> {
            @Override
            public Ends convert(String word) throws Exception {
                return Words.lowerCase(Ends.class).convert(word);
            }
        }
    }

    @Option(
            names = "--pairs",
            paramLabel = "FILE",
            description =
                    "Comparisons, .jsonl, .json, .csv or .parquet, in the layouts of TRL (prompt, chosen, rejected, as texts or "
                            + "messages) or LLaMA-Factory (instruction or conversations, chosen, rejected).")
    private Optional<Path> pairs = Optional.empty();

    @Option(
            names = "--positive",
            paramLabel = "FILE",
            description = "Instead: a text whose lines are liked; each is paired with a line of --negative.")
    private Optional<Path> positive = Optional.empty();

    @Option(names = "--negative", paramLabel = "FILE", description = "A text whose lines are not liked.")
    private Optional<Path> negative = Optional.empty();

    @Option(
            names = "--chat-template",
            paramLabel = "NAME",
            defaultValue = "auto",
            converter = ChatName.class,
            description = "How conversations are written: auto (the model's own), chatml, llama_2, llama_3, mistral, "
                    + "zephyr, or role_tags. Default: ${DEFAULT-VALUE}.")
    private Chat chatTemplate;

    @Option(
            names = "--ends",
            paramLabel = "HOW",
            defaultValue = "stop",
            converter = Ends.Converter.class,
            description = "Whether a stop token stands after an answer whose row does not say so: stop (it ended by "
                    + "itself), or cut; as it will be where the model is used. Default: ${DEFAULT-VALUE}.")
    private Ends ends = Ends.STOP;

    /** All rows, and the name they are called by. */
    record Rows(String name, List<PreferenceRow> rows, int alike) {}

    /** How conversations, where there are any, are written for the model in {@code directory}. */
    Optional<ChatWriter> writer(Path directory, HeldOut parts) {
        return Stream.of(parts.learned(), parts.heldOut()).flatMap(List::stream).anyMatch(PreferenceRow::isSpoken)
                ? Optional.of(ChatFiles.choose(chatTemplate, directory))
                : Optional.empty();
    }

    Rows read(long seed) {
        if (pairs.isPresent() == (positive.isPresent() || negative.isPresent())
                || positive.isPresent() != negative.isPresent()) {
            throw new InputException(
                    "say where the pairs come from: either --pairs FILE, or --positive FILE and" + " --negative FILE");
        }
        if (pairs.isPresent()) {
            return rows(pairs.get());
        }
        String name = positive.get() + " over " + negative.get();
        return new Rows(name, TextPairs.of(positive.get(), negative.get(), ends.reason(), seed), 0);
    }

    /** Those of a file, such as one that is held out. */
    Rows rows(Path file) {
        PreferenceFile read = PreferenceFile.read(file, ends.reason());
        return new Rows(file.toString(), read.rows(), read.alike());
    }
}
