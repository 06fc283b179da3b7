package dev.tether.cli.preference;

import dev.tether.run.InputException;
import dev.tether.trainer.preference.PreferenceRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Pairs to learn from and pairs to be asked only. Pairs of one prompt stay together, so that no held-out prompt was learned
 * from; pairs without a prompt are single.
 */
record HeldOut(List<PreferenceRow> learned, List<PreferenceRow> heldOut) {
    /**
     * Holds out at least {@code share} of the pairs, whole prompts drawn by {@code seed}.
     *
     * @throws InputException when either part would be empty
     */
    static HeldOut split(List<PreferenceRow> rows, double share, long seed) {
        if (!(share > 0 && share < 1)) {
            throw new InputException("--held-out = " + share + ", must be between 0 and 1");
        }
        Map<String, List<PreferenceRow>> byPrompt = new LinkedHashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            String prompt = rows.get(i).pair().prompt();
            String key = prompt.isEmpty() ? "row " + i : "prompt " + prompt;
            byPrompt.computeIfAbsent(key, any -> new ArrayList<>()).add(rows.get(i));
        }
        List<List<PreferenceRow>> groups = new ArrayList<>(byPrompt.values());
        Collections.shuffle(groups, new Random(seed));
        List<PreferenceRow> learned = new ArrayList<>();
        List<PreferenceRow> heldOut = new ArrayList<>();
        for (List<PreferenceRow> group : groups) {
            (heldOut.size() < share * rows.size() ? heldOut : learned).addAll(group);
        }
        if (learned.isEmpty() || heldOut.isEmpty()) {
            throw new InputException(rows.size() + " pair" + (rows.size() == 1 ? "" : "s") + " of " + groups.size()
                    + " prompt" + (groups.size() == 1 ? "" : "s")
                    + " cannot be parted into some to learn from and some to hold out; give those with --eval FILE");
        }
        return new HeldOut(learned, heldOut);
    }
}
