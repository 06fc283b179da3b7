package dev.tether.torch.pretrain;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Texts to learn from, each a whole of its own. */
public final class Documents {
    /** How a file is cut into documents. */
    public enum Layout {
        /** Each line is one. */
        LINES,
        /** Blank lines stand between them. */
        PARAGRAPHS
    }

    private Documents() {}

    /**
     * The documents of a UTF-8 text file, empty ones left out, line ends as {@code \n}.
     *
     * @throws InputException when it cannot be read or holds fewer than two
     */
    public static List<String> read(Path file, Layout layout) {
        String text = text(file).replace("\r\n", "\n");
        Stream<String> parts = switch (layout) {
            case LINES -> text.lines();
            case PARAGRAPHS -> Arrays.stream(text.split("\n\\h*(?:\n\\h*)+"));
        };
        List<String> documents =
                parts.map(String::strip).filter(part -> !part.isEmpty()).toList();
        if (documents.size() < 2) {
            String between = layout == Layout.LINES ? "one per line" : "with blank lines between them";
            throw new InputException(
                    file + " holds " + documents.size() + " document" + (documents.isEmpty() ? "s" : "") + " " + between
                            + ", at least 2 are needed: one to learn from, one held out");
        }
        return documents;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new InputException(file + " is not UTF-8 text", e);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }
}
