package dev.tether.trainer.reward;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Share of the keywords that a response holds, 0..1: each counts once, as a whole word, in any letter case. Repeating a
 * keyword gains nothing; to count repetitions use a {@link RegexReward pattern}.
 */
final class KeywordReward implements RewardModel {
    private final List<Pattern> keywords;

    KeywordReward(List<String> keywords) {
        this.keywords = keywords.stream().map(KeywordReward::wholeWord).toList();
    }

    private static Pattern wholeWord(String keyword) {
        return Pattern.compile(
                "(?<![\\p{L}\\p{N}])" + Pattern.quote(keyword) + "(?![\\p{L}\\p{N}])",
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    @Override
    public double[] score(List<Episode> episodes) {
        return episodes.stream()
                .mapToDouble(episode -> keywords.stream()
                                .filter(keyword ->
                                        keyword.matcher(episode.response()).find())
                                .count()
                        / (double) keywords.size())
                .toArray();
    }
}
