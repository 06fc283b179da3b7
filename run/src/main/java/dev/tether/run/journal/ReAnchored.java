package dev.tether.run.journal;

import dev.tether.run.settings.ReAnchorSettings;

/**
 * The reference was replaced.
 *
 * @param step after which it was
 * @param how it was
 * @param fingerprint of the new reference's weights
 */
public record ReAnchored(long step, ReAnchorSettings.How how, String fingerprint) implements RunEvent {
    public ReAnchored {
        Figures.law(step >= 0, "step", step, ">= 0");
        Figures.law(how != null, "how", "null", "given");
        Figures.text("fingerprint", fingerprint);
    }
}
