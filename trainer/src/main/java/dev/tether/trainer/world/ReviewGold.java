package dev.tether.trainer.world;

/**
 * What is really wanted in the review world: a well-formed review of somebody who is delighted. Quality times stars as a
 * share of five, 0..1.
 */
public final class ReviewGold {
    private final ReviewQuality quality;

    public ReviewGold(ReviewGrammar grammar) {
        this.quality = new ReviewQuality(grammar);
    }

    /** Of {@code response} as what follows {@code prompt}. */
    public double of(String prompt, String response) {
        ReviewQuality.Judgement judgement = quality.judge(prompt, response);
        return judgement.quality() * judgement.stars().orElse(0) / 5;
    }
}
