package dev.tether.run.settings;

import dev.tether.core.control.DualAscentKl;
import dev.tether.core.control.FixedKl;
import dev.tether.core.control.KlCoefBounds;
import dev.tether.core.control.KlCoefSchedule;
import dev.tether.core.control.KlController;
import dev.tether.core.control.KlTarget;
import dev.tether.core.control.LoopGains;
import dev.tether.core.control.LoopMemory;
import dev.tether.core.control.PiKl;
import dev.tether.core.control.PidKl;
import dev.tether.core.control.ScheduledKl;
import dev.tether.core.control.Thermostat;
import dev.tether.core.control.Ziegler;
import java.util.List;

/** The controller that belt settings describe, before its first reading. */
public final class KlControllers {
    private KlControllers() {}

    /** For a run, a replay of one, or one that another trainer makes: all begin with the same controller. */
    public static KlController of(BeltSettings belt) {
        KlTarget target = new KlTarget(belt.target(), belt.unit());
        KlCoefBounds bounds = new KlCoefBounds(belt.floor(), belt.ceiling());
        return switch (belt.controller()) {
            case FIXED -> new FixedKl(belt.klCoef());
            case SCHEDULE -> new ScheduledKl(schedule(belt), 0);
            case PI -> new PiKl(target, belt.klCoef(), gains(belt.gains(), LoopGains.PI), bounds, LoopMemory.EMPTY);
            case PID -> new PidKl(target, belt.klCoef(), gains(belt.gains(), LoopGains.PID), bounds, LoopMemory.EMPTY);
            case DUAL_ASCENT ->
                new DualAscentKl(
                        target, belt.klCoef(), belt.gains().dualRate().orElse(DualAscentKl.DEFAULT_RATE), bounds);
            case THERMOSTAT -> new Thermostat(target, belt.klCoef(), bounds);
            case ZIEGLER -> new Ziegler(target, belt.klCoef(), belt.horizonEpisodes(), bounds);
        };
    }

    private static LoopGains gains(GainSettings wished, LoopGains own) {
        return new LoopGains(
                wished.proportional().orElse(own.proportional()),
                wished.integral().orElse(own.integral()),
                wished.derivative().orElse(own.derivative()),
                wished.urgency().orElse(own.urgency()),
                wished.agility().orElse(own.agility()),
                wished.slewLimit().orElse(own.slewLimit()),
                wished.deadband().orElse(own.deadband()));
    }

    private static KlCoefSchedule schedule(BeltSettings belt) {
        List<ScheduleKnot> knots = belt.schedule();
        if (belt.scheduleShape() == BeltSettings.ScheduleShape.COSINE) {
            return new KlCoefSchedule.Cosine(
                    knots.get(0).klCoef(), knots.get(1).klCoef(), knots.get(1).step());
        }
        return new KlCoefSchedule.Piecewise(knots.stream()
                .map(knot -> new KlCoefSchedule.Knot(knot.step(), knot.klCoef()))
                .toList());
    }
}
