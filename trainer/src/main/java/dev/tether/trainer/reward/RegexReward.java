package dev.tether.trainer.reward;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much of a response a pattern matches; matches do not overlap. */
final class RegexReward implements RewardModel {
    /** What is measured. */
    enum Measure {
        /** The number of matches. */
        COUNT,
        /** Matched characters over all characters, 0..1; 0 for an empty response. */
        SHARE
    }

    private final Pattern pattern;
    private final Measure measure;

    RegexReward(Pattern pattern, Measure measure) {
        this.pattern = pattern;
        this.measure = measure;
    }

    @Override
    public double[] score(List<Episode> episodes) {
        return episodes.stream()
                .mapToDouble(episode -> score(episode.response()))
                .toArray();
    }

    private double score(String response) {
        Matcher matcher = pattern.matcher(response);
        int matches = 0;
        int characters = 0;
        while (matcher.find()) {
            matches++;
            characters += matcher.end() - matcher.start();
        }
        if (measure == Measure.COUNT) {
            return matches;
        }
        return response.isEmpty() ? 0 : (double) characters / response.length();
    }
}
