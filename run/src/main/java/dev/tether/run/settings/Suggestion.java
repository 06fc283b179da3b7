package dev.tether.run.settings;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a user may have meant by a key that does not exist. */
final class Suggestion {
    private Suggestion() {}

    /** {@code did you mean update.epochs?}, or the keys that exist where nothing is near. */
    static String forKey(String prefix, String key) {
        List<String> all = Schema.paths(RunSettings.class, "");
        List<String> here = all.stream()
                .filter(path -> path.startsWith(prefix) && path.indexOf('.', prefix.length()) < 0)
                .toList();
        List<String> elsewhere =
                all.stream().filter(path -> !prefix.startsWith(path + ".")).toList();
        return nearest(here, key)
                .or(() -> nearest(elsewhere, key))
                .map(path -> "did you mean " + path + "?")
                .orElse("known here: " + String.join(", ", here));
    }

    private static Optional<String> nearest(List<String> paths, String key) {
        int allowed = Math.max(1, key.length() / 3);
        return paths.stream()
                .filter(path -> distance(lastKey(path), key) <= allowed)
                .min(Comparator.comparingInt(path -> distance(lastKey(path), key)));
    }

    private static String lastKey(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** Levenshtein: insertions, deletions and replacements from one word to the other. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
