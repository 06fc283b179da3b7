package dev.tether.trainer.preference;

import dev.tether.core.law.Require;
import dev.tether.trainer.model.StopReason;

/**
 * One comparison of a preference file.
 *
 * @param chosenEnd whether the chosen answer ended by itself, and so a stop token belongs after it
 * @param rejectedEnd the same of the rejected one
 * @param margin by how much the chosen one's reward ought to be the higher at least; ≥ 0
 * @param place file and line, for messages
 */
public record PreferenceRow(
        PreferencePair pair, StopReason chosenEnd, StopReason rejectedEnd, double margin, String place) {
    public PreferenceRow {
        Require.notNegative("margin", margin);
    }

    /** Whether it is part of a conversation, so that it matters how that is written. */
    public boolean isSpoken() {
        return pair.spoken().isPresent();
    }

    /** A row whose answers both ended by themselves, or were both cut. */
    public PreferenceRow(PreferencePair pair, StopReason end, String place) {
        this(pair, end, end, 0, place);
    }
}
