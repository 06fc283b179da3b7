package dev.tether.trainer.preference;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.trainer.model.StopReason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Comparisons from two texts, one whose lines are liked and one whose lines are not. */
public final class TextPairs {
    private TextPairs() {}

    /**
     * Each line of the liked text beside a line of the other, drawn by {@code seed}; no line is in two pairs, so what is left
     * of the longer text is in none. A line that stands more than once in a text counts once, one that stands in both counts
     * nowhere: a held-out pair shares no line with those learned from.
     *
     * @throws InputException when a file cannot be read or no pair can be made
     */
    public static List<PreferenceRow> of(Path liked, Path disliked, StopReason end, long seed) {
        Set<String> good = lines(liked);
        Set<String> bad = lines(disliked);
        Set<String> both = new LinkedHashSet<>(good);
        both.retainAll(bad);
        good.removeAll(both);
        bad.removeAll(both);
        int pairs = Math.min(good.size(), bad.size());
        if (pairs == 0) {
            throw new InputException(
                    "no pair can be made of " + liked + " and " + disliked + ": each needs a line of its own");
        }
        Random random = new Random(seed);
        List<String> chosen = shuffled(good, random);
        List<String> rejected = shuffled(bad, random);
        List<PreferenceRow> rows = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            PreferencePair pair = new PreferencePair("", chosen.get(i), rejected.get(i));
            rows.add(new PreferenceRow(pair, end, liked + " and " + disliked + ", pair " + (i + 1)));
        }
        return rows;
    }

    private static List<String> shuffled(Set<String> lines, Random random) {
        List<String> order = new ArrayList<>(lines);
        Collections.shuffle(order, random);
        return order;
    }

    private static Set<String> lines(Path file) {
        Set<String> lines = new LinkedHashSet<>();
        Arrays.stream(text(file).split("\\R"))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .forEach(lines::add);
        return lines;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new InputException("the text " + file + " is not UTF-8", e);
        } catch (IOException e) {
            throw new InputException("cannot read the text " + file + ": " + AtomicFiles.reason(e), e);
        }
    }
}
