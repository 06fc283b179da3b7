package dev.tether.run.journal;

/**
 * The belt before the first step: measured on the policy, and, since policy and reference are equal there and no belt
 * pulls, on a policy near by.
 *
 * @param step 0
 * @param belt verdict and force
 * @param sentence the verdict, and what it rests on
 */
public record BeltProbed(long step, BeltFigures belt, String sentence) implements RunEvent {
    public BeltProbed {
        Figures.law(step >= 0, "step", step, ">= 0");
        Figures.law(belt != null, "belt", "null", "given");
        Figures.text("sentence", sentence);
    }
}
