package dev.tether.trainer.reward;

import java.util.List;

/**
 * Mean valence of the response's tokens: Σ valence(token) / tokens, over {@link LexiconTokens words, emoticons and
 * punctuation}; tokens without an entry count 0, a response without any token scores 0. In the unit of the lexicon
 * (VADER: −4 … 4).
 */
final class LexiconReward implements RewardModel {
    private final Lexicon lexicon;
    private final LexiconTokens tokens;

    LexiconReward(Lexicon lexicon) {
        this.lexicon = lexicon;
        this.tokens = new LexiconTokens(lexicon);
    }

    @Override
    public double[] score(List<Episode> episodes) {
        return episodes.stream()
                .mapToDouble(episode -> meanValence(episode.response()))
                .toArray();
    }

    private double meanValence(String response) {
        return tokens.of(response).stream()
                .mapToDouble(lexicon::valence)
                .average()
                .orElse(0);
    }
}
