package dev.tether.trainer.loop;

/**
 * How often in a row the policy went back to the same checkpoint.
 *
 * @param toStep of that checkpoint
 * @param times since it was written, 0 where it never was gone back to
 */
public record RollBacks(int toStep, int times) {
    /** Nothing was taken back yet. */
    public static final RollBacks NONE = new RollBacks(0, 0);

    /** One more return, to {@code step}. */
    RollBacks to(int step) {
        return new RollBacks(step, step == toStep ? times + 1 : 1);
    }
}
