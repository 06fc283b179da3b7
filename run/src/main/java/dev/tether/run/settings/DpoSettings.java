package dev.tether.run.settings;

import java.util.Optional;

/**
 * Learning from pairs that were compared beforehand.
 *
 * @param pairs a preference file; needed by algorithm dpo
 * @param beta price of one nat of KL, in units of the reward that the comparisons follow; &gt; 0
 * @param labelSmoothing share of comparisons held for wrong; in [0, 0.5)
 * @param updates optimiser steps of one step; ≥ 1
 * @param pairsPerUpdate pairs of one optimiser step; ≥ 1
 */
public record DpoSettings(
        @Meaning("preference file, in the layouts of docs/preferences.md; null = none, and then dpo cannot train")
        Optional<String> pairs,

        @Meaning(
                "price of one nat in the reward that the comparisons follow: the smaller, the further from the reference")
        double beta,

        @Meaning("share of the comparisons held for wrong, 0 to below 0.5")
        double labelSmoothing,

        @Meaning("optimiser steps between two looks at the policy's own answers")
        int updates,

        @Meaning("pairs of one optimiser step") int pairsPerUpdate) {
    public DpoSettings {
        Require.present("dpo.pairs", pairs);
        pairs.ifPresent(file -> Require.text("dpo.pairs", file));
        Require.positive("dpo.beta", beta);
        Require.that(labelSmoothing >= 0 && labelSmoothing < 0.5, "dpo.label_smoothing", labelSmoothing, "in [0, 0.5)");
        Require.atLeast("dpo.updates", updates, 1);
        Require.atLeast("dpo.pairs_per_update", pairsPerUpdate, 1);
    }

    public static DpoSettings defaults() {
        return new DpoSettings(Optional.empty(), 0.1, 0, 4, 16);
    }
}
