package dev.tether.core.reward;

/** Where the one score of a sequence lands. */
public enum ScorePlacement {
    /** On the last counted token (OpenAI, TRL to 0.11). */
    LAST_TOKEN,
    /**
     * On the position after the last counted token where the width allows, else on the last token (TRL 0.12 and later).
     */
    AFTER_LAST_TOKEN
}
