package dev.tether.trainer.algorithm;

import dev.tether.trainer.model.ReferenceKlLimit;

/**
 * The hard belt within an update.
 *
 * @param limit over which no optimiser step is taken
 * @param action what follows
 */
public record HardLimit(ReferenceKlLimit limit, Action action) {
    public static final HardLimit NONE = new HardLimit(ReferenceKlLimit.NONE, Action.END_EPOCHS);

    /** What happens when a minibatch is over the limit. */
    public enum Action {
        /** The update ends there. */
        END_EPOCHS,
        /** That minibatch is left out, the next one is tried. */
        SKIP_MINIBATCH,
        /** The update ends there, and the policy goes back to its last good checkpoint. */
        ROLL_BACK
    }
}
