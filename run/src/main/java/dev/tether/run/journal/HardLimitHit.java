package dev.tether.run.journal;

import dev.tether.core.kl.KlUnit;
import dev.tether.run.settings.HardLimitSettings;

/**
 * KL passed a hard limit.
 *
 * @param step at which it did
 * @param action that was taken
 * @param measure which limit
 * @param reading nats of {@code measure}
 * @param limit nats of {@code measure}
 * @param detail what followed, for a newcomer
 */
public record HardLimitHit(
        long step, HardLimitSettings.Action action, KlUnit measure, double reading, double limit, String detail)
        implements RunEvent {
    public HardLimitHit {
        Figures.law(step >= 0, "step", step, ">= 0");
        Figures.law(action != null, "action", "null", "given");
        Figures.law(measure != null, "measure", "null", "given");
        Figures.finite("reading", reading);
        Figures.finite("limit", limit);
        Figures.text("detail", detail);
    }
}
