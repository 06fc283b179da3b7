package dev.tether.trainer.model;

import java.io.IOException;
import java.nio.file.Path;

/** A reference that follows the policy: for re-anchoring, which a run must ask for by name. */
public interface MovingReference extends ReferenceModel {
    /**
     * reference ← (1 − share) · reference + share · policy, weight by weight.
     *
     * @param share in (0, 1]; 1 makes it the policy to the bit
     */
    void moveTowards(PolicyModel policy, double share);

    /** SHA-256 of the weights as they are now, as {@code sha256:…}. */
    String fingerprint();

    /** Writes the weights into an existing empty directory. */
    void saveWeights(Path directory) throws IOException;

    /** Restores bit for bit what {@link #saveWeights} wrote. */
    void restoreWeights(Path directory) throws IOException;
}
