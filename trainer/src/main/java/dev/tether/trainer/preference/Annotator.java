package dev.tether.trainer.preference;

import java.util.random.RandomGenerator;

/**
 * Someone who compares two answers of known worth, with noise and with a weakness: P(first preferred) =
 * σ(care · (gold₁ − gold₂) + weakness · (exclamation marks₁ − exclamation marks₂)).
 *
 * @param care logits per unit of gold
 * @param weakness logits per exclamation mark
 */
public record Annotator(double care, double weakness) {
    /** An answer with what it is really worth. */
    public record Answer(String text, double gold) {
        private long exclamations() {
            return text.chars().filter(c -> c == '!').count();
        }
    }

    /** Which of the two is preferred. */
    public PreferencePair compare(String prompt, Answer first, Answer second, RandomGenerator random) {
        double logit = care * (first.gold - second.gold) + weakness * (first.exclamations() - second.exclamations());
        return random.nextDouble() < 1 / (1 + Math.exp(-logit))
                ? new PreferencePair(prompt, first.text, second.text)
                : new PreferencePair(prompt, second.text, first.text);
    }
}
