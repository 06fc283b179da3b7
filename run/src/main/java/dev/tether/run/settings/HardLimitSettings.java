package dev.tether.run.settings;

import java.util.OptionalDouble;

/**
 * KL(policy ‖ reference) that is not to be passed, whatever β does.
 *
 * @param natsPerToken limit of the mean over tokens; &gt; 0, empty = none
 * @param natsPerSequence limit of the mean over responses; &gt; 0, empty = none
 * @param action what happens where a limit is passed
 */
public record HardLimitSettings(
        @Meaning("KL to the reference not to be passed, nats per token; null = none")
        OptionalDouble natsPerToken,

        @Meaning("KL to the reference not to be passed, nats per response; null = none")
        OptionalDouble natsPerSequence,

        @Meaning("above a limit: end_epochs (no more updates this step) | skip_minibatch | roll_back (to the last good"
                + " checkpoint)")
        Action action) {

    /** What happens where a limit is passed. */
    public enum Action {
        /** The step takes no more updates. */
        END_EPOCHS,
        /** The minibatch that reads above the limit is left out. */
        SKIP_MINIBATCH,
        /** The run goes back to the newest checkpoint below the limit. */
        ROLL_BACK
    }

    public HardLimitSettings {
        Require.present("belt.hard_limit.nats_per_token", natsPerToken);
        natsPerToken.ifPresent(limit -> Require.positive("belt.hard_limit.nats_per_token", limit));
        Require.present("belt.hard_limit.nats_per_sequence", natsPerSequence);
        natsPerSequence.ifPresent(limit -> Require.positive("belt.hard_limit.nats_per_sequence", limit));
        Require.present("belt.hard_limit.action", action);
    }

    public static HardLimitSettings defaults() {
        return new HardLimitSettings(OptionalDouble.empty(), OptionalDouble.empty(), Action.END_EPOCHS);
    }
}
