package dev.tether.run.journal;

/**
 * The first row of every journal: what was run. It holds nothing that differs between two runs of the same settings.
 *
 * @param schemaVersion of the journal, {@link #SCHEMA_VERSION} in what this code writes
 * @param settingsDigest of the resolved settings, see {@link dev.tether.run.settings.SettingsWriter#digest}
 * @param modelFingerprint of the policy's weights at the start
 * @param referenceFingerprint of the reference's weights
 * @param seed of the run
 * @param steps the run is to have
 */
public record RunHeader(
        int schemaVersion,
        String settingsDigest,
        String modelFingerprint,
        String referenceFingerprint,
        long seed,
        long steps)
        implements RunEvent {
    public static final int SCHEMA_VERSION = 1;

    public RunHeader {
        Figures.law(
                schemaVersion >= 1 && schemaVersion <= SCHEMA_VERSION,
                "schema_version",
                schemaVersion,
                "1 to " + SCHEMA_VERSION + "; was it written by a newer version?");
        Figures.text("settings_digest", settingsDigest);
        Figures.text("model_fingerprint", modelFingerprint);
        Figures.text("reference_fingerprint", referenceFingerprint);
        Figures.law(steps >= 1, "steps", steps, "at least 1");
    }

    public RunHeader(
            String settingsDigest, String modelFingerprint, String referenceFingerprint, long seed, long steps) {
        this(SCHEMA_VERSION, settingsDigest, modelFingerprint, referenceFingerprint, seed, steps);
    }
}
