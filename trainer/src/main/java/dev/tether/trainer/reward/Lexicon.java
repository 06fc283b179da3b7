package dev.tether.trainer.reward;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How good or bad single tokens are. The file format is VADER's: one entry per line, tab separated, token first, mean
 * valence second, whatever else ignored; empty lines and lines that begin with {@code "# "} too. Letter case is ignored
 * where the exact spelling has no entry. An entry with a space in it can never match a {@link LexiconTokens token}.
 */
public final class Lexicon {
    private static final String BUILT_IN = "praise-and-complaint.tsv";

    private final Map<String, Double> exact;
    private final Map<String, Double> folded = new HashMap<>();
    private final Set<Integer> symbolLengths = new TreeSet<>();

    private Lexicon(Map<String, Double> exact) {
        this.exact = exact;
        exact.forEach((token, valence) -> {
            folded.putIfAbsent(fold(token), valence);
            if (!LexiconTokens.startsWord(token, 0)) {
                symbolLengths.add(token.length());
            }
        });
    }

    /** Tether's own list: praise, complaints, emphatic words and the exclamation mark. Easily hacked, on purpose. */
    public static Lexicon builtIn() {
        InputStream resource = Lexicon.class.getResourceAsStream(BUILT_IN);
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            return parse(BUILT_IN, reader.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lexicon in {@code file}, UTF-8. */
    public static Lexicon read(Path file) {
        try {
            return parse(file.toString(), Files.readAllLines(file, StandardCharsets.UTF_8));
        } catch (CharacterCodingException e) {
            throw new InputException("lexicon " + file + " is not UTF-8 text", e);
        } catch (IOException e) {
            throw new InputException("cannot read the lexicon " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    static Lexicon parse(String source, List<String> lines) {
        Map<String, Double> valences = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isBlank() && !line.startsWith("# ")) {
                String[] columns = line.split("\t");
                if (columns.length < 2 || columns[0].isBlank()) {
                    throw new InputException("lexicon " + source + " line " + (i + 1) + ": \"" + line
                            + "\" must be a token, a tab and its mean valence");
                }
                valences.put(columns[0].strip(), valence(source, i + 1, columns[1]));
            }
        }
        if (valences.isEmpty()) {
            throw new InputException("lexicon " + source + " has no entry");
        }
        return new Lexicon(valences);
    }

    private static double valence(String source, int line, String column) {
        try {
            double valence = Double.parseDouble(column.strip());
            if (Double.isFinite(valence)) {
                return valence;
            }
        } catch (NumberFormatException e) {
            // told below, together with the numbers that are none
        }
        throw new InputException(
                "lexicon " + source + " line " + line + ": valence \"" + column.strip() + "\" must be a finite number");
    }

    /** The valence of a token, 0 where there is no entry. */
    public double valence(String token) {
        Double valence = exact.get(token);
        return valence != null ? valence : folded.getOrDefault(fold(token), 0.0);
    }

    /** True when the token has an entry. */
    public boolean contains(String token) {
        return folded.containsKey(fold(token));
    }

    /** Lengths of the entries that do not begin like a word, ascending: what an emoticon can be. */
    Set<Integer> symbolLengths() {
        return symbolLengths;
    }

    /** The number of entries. */
    public int size() {
        return exact.size();
    }

    private static String fold(String token) {
        return token.replace('’', '\'').toLowerCase(Locale.ROOT);
    }
}
