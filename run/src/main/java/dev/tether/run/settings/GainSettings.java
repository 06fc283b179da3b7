package dev.tether.run.settings;

import java.util.OptionalDouble;

/**
 * How hard the loops pull; empty = the loop's own, see core's {@code LoopGains}.
 *
 * @param proportional Δ log β per change of the relative error; ≥ 0
 * @param integral Δ log β per unit of relative error; ≥ 0
 * @param derivative Δ log β per change of slope; ≥ 0, 0 in a PI loop
 * @param urgency by how much the loop is quicker per unit of error; ≥ 0
 * @param agility by how much the slope of the error is expected to change per step; &gt; 0
 * @param slewLimit most that log β moves in one step, at the target; &gt; 0
 * @param deadband standard errors that a reading must differ from the target to move β; ≥ 0
 * @param dualRate dual ascent: how far β moves per step and unit of relative error; &gt; 0
 */
public record GainSettings(
        @Meaning("pi, pid: change of log beta per change of the error; null = the loop's own")
        OptionalDouble proportional,

        @Meaning("pi, pid: change of log beta per unit of error; null = the loop's own")
        OptionalDouble integral,

        @Meaning("pid: change of log beta per change of slope; null = the loop's own")
        OptionalDouble derivative,

        @Meaning(
                "pi, pid: by how much the loop is quicker far from the target, per unit of error; null = the loop's own")
        OptionalDouble urgency,

        @Meaning("pi, pid: change of the error's slope to expect per step, larger = faster and noisier; null = the"
                + " loop's own")
        OptionalDouble agility,

        @Meaning(
                "pi, pid: most that log beta moves in one step at the target, more where far from it (urgency); null = the loop's own")
        OptionalDouble slewLimit,

        @Meaning("pi, pid: standard errors a reading must be off target to move beta; null = the loop's own")
        OptionalDouble deadband,

        @Meaning("dual_ascent: change of beta per step and unit of error; null = the rule's own")
        OptionalDouble dualRate) {

    public GainSettings {
        proportional = notNegative("proportional", proportional);
        integral = notNegative("integral", integral);
        derivative = notNegative("derivative", derivative);
        urgency = notNegative("urgency", urgency);
        agility = positive("agility", agility);
        slewLimit = positive("slew_limit", slewLimit);
        deadband = notNegative("deadband", deadband);
        dualRate = positive("dual_rate", dualRate);
        Require.that(
                proportional.orElse(1) > 0 || integral.orElse(1) > 0,
                "belt.gains.integral",
                integral.orElse(0),
                "> 0 where belt.gains.proportional is 0");
    }

    public static GainSettings defaults() {
        OptionalDouble own = OptionalDouble.empty();
        return new GainSettings(own, own, own, own, own, own, own, own);
    }

    private static OptionalDouble notNegative(String key, OptionalDouble value) {
        Require.present("belt.gains." + key, value);
        value.ifPresent(v -> Require.notNegative("belt.gains." + key, v));
        return value;
    }

    private static OptionalDouble positive(String key, OptionalDouble value) {
        Require.present("belt.gains." + key, value);
        value.ifPresent(v -> Require.positive("belt.gains." + key, v));
        return value;
    }
}
