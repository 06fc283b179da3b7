package dev.tether.cli.demo;

import dev.tether.trainer.preference.BradleyTerry;
import dev.tether.trainer.preference.PreferencePair;
import dev.tether.trainer.reward.PreferenceReward;
import dev.tether.trainer.reward.WordCounts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A reward learned from preferences.
 *
 * @param preferences that it was learned from
 * @param heldOut that it was tested on
 * @param accuracy share of those that it agrees with
 * @param taste what pleases it most, for sentences
 */
record LearnedReward(PreferenceReward reward, int preferences, int heldOut, double accuracy, String taste) {
    /** Of so many preferences learned from, one more is kept to test on. */
    private static final int HELD_OUT_OF = 4;

    private static final double DECAY = 1;
    private static final int FAVOURITES = 6;

    /** One per number of preferences, ascending: each is learned from the first so many, all are tested on the same. */
    static List<LearnedReward> learn(List<Integer> preferences, long seed) {
        int most = preferences.stream().mapToInt(Integer::intValue).max().orElseThrow();
        int heldOut = Math.max(1, most / HELD_OUT_OF);
        List<PreferencePair> pairs = Preferences.draw(most + heldOut, seed);
        List<LearnedReward> learned = new ArrayList<>();
        for (int count : preferences.stream().sorted().toList()) {
            PreferenceReward reward = new BradleyTerry(pairs.subList(0, count), DECAY).fit();
            double accuracy = BradleyTerry.accuracy(reward, pairs.subList(most, pairs.size()));
            learned.add(new LearnedReward(reward, count, heldOut, accuracy, favourites(reward, pairs)));
        }
        return learned;
    }

    String sentence() {
        return String.format(
                Locale.ROOT,
                "it agrees with %.0f %% of %d preferences it has not seen; what pleases it most: %s",
                100 * accuracy,
                heldOut,
                taste);
    }

    /** What decides most: a word's weight times how often it is said in the answers it was learned from. */
    private static String favourites(PreferenceReward reward, List<PreferencePair> pairs) {
        Map<String, Double> shares = new TreeMap<>();
        for (PreferencePair pair : pairs) {
            for (String text : List.of(pair.chosen(), pair.rejected())) {
                WordCounts.of(text)
                        .forEach((word, count) ->
                                shares.merge(word, count * reward.weights().getOrDefault(word, 0.0), Double::sum));
            }
        }
        return shares.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(FAVOURITES)
                .map(entry -> String.format(
                        Locale.ROOT,
                        "\"%s\" (%+.2f)",
                        entry.getKey(),
                        reward.weights().getOrDefault(entry.getKey(), 0.0)))
                .collect(Collectors.joining(", "));
    }
}
