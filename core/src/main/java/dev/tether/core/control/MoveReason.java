package dev.tether.core.control;

/**
 * Why β moved, or did not.
 *
 * @param kind for programs
 * @param sentence for people: the reading, the target and what followed
 */
public record MoveReason(Kind kind, String sentence) {
    /** The kinds of answer a controller gives to a reading. */
    public enum Kind {
        /** The controller does not look at readings. */
        FIXED,
        /** The reading is as wished; β stays. */
        HELD,
        /** β rose: too much KL, or it rises too fast. */
        RAISED,
        /** β fell: there is room for more KL. */
        LOWERED,
        /** β would have fallen further than its floor. */
        AT_FLOOR,
        /** β would have risen further than its ceiling. */
        AT_CEILING,
        /** The reading differs from the target by no more than its own error explains; β stays. */
        INSIGNIFICANT,
        /** The reading is exactly 0, as it is before the first update; β stays. */
        NOTHING_YET,
        /** β follows the clock, not the reading. */
        SCHEDULED,
        /** NaN or infinite reading; β stays. */
        REFUSED_NOT_FINITE,
        /** Negative reading, which no KL can be; β stays. */
        REFUSED_NEGATIVE;

        /** True when the reading was not accepted as a measurement. */
        public boolean isRefusal() {
            return this == REFUSED_NOT_FINITE || this == REFUSED_NEGATIVE;
        }
    }
}
