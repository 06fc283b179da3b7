package dev.tether.run.settings;

import java.util.List;

/**
 * Low-rank adapters: W x + (alpha/rank) · B (A x), of which only A and B are trained (Hu et al. 2021).
 *
 * @param rank of each update; 0 = all weights are trained instead
 * @param alpha the updates' scale times their rank; &gt; 0
 * @param targetModules names of the maps that get one; {@code all-linear} = all of them
 */
public record LoraSettings(
        @Meaning("rank of each update; 0 = no adapters, all weights are trained")
        int rank,

        @Meaning("scale of an update is alpha / rank") double alpha,

        @Meaning(
                "maps that get an adapter, as in PEFT: q_proj, v_proj, c_attn, ...; all-linear = every map of every layer")
        List<String> targetModules) {

    public LoraSettings {
        Require.atLeast("lora.rank", rank, 0);
        Require.positive("lora.alpha", alpha);
        Require.present("lora.target_modules", targetModules);
        targetModules = List.copyOf(targetModules);
        Require.that(!targetModules.isEmpty(), "lora.target_modules", "[]", "at least one name, or all-linear");
        targetModules.forEach(name -> Require.text("lora.target_modules", name));
    }

    public static LoraSettings defaults() {
        return new LoraSettings(0, 32, List.of("all-linear"));
    }

    /** Whether adapters are trained, and the model's own weights are not. */
    public boolean isOn() {
        return rank > 0;
    }
}
