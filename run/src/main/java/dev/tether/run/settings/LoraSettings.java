package dev.tether.run.settings;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Low-rank adapters: W x + (alpha/rank) · B (A x), of which only A and B are trained (Hu et al. 2021).
 *
 * @param rank of each update; 0 = that of {@code adapter}, and without one all weights are trained instead
 * @param alpha the updates' scale times their rank; &gt; 0; empty = that of {@code adapter}, else 32
 * @param targetModules names of the maps that get one; {@code all-linear} = all of them; empty = those of {@code adapter}, else all
 * @param adapter directory of a saved adapter to begin with; empty = a fresh one
 */
public record LoraSettings(
        @Meaning("rank of each update; 0 = no adapters, all weights are trained (with lora.adapter: the adapter's)")
        int rank,

        @Meaning("scale of an update is alpha / rank; null = 32 (with lora.adapter: the adapter's)")
        OptionalDouble alpha,

        @Meaning(
                "maps that get an adapter, as in PEFT: q_proj, v_proj, c_attn, ...; all-linear = every map of every layer; [] = that (with lora.adapter: the adapter's)")
        List<String> targetModules,

        @Meaning("saved adapter to begin with, a directory in PEFT's layout; null = a fresh one")
        Optional<String> adapter) {

    private static final double ALPHA = 32;
    private static final List<String> TARGETS = List.of("all-linear");

    public LoraSettings {
        Require.atLeast("lora.rank", rank, 0);
        Require.present("lora.alpha", alpha);
        alpha.ifPresent(value -> Require.positive("lora.alpha", value));
        Require.present("lora.target_modules", targetModules);
        targetModules = List.copyOf(targetModules);
        targetModules.forEach(name -> Require.text("lora.target_modules", name));
        Require.present("lora.adapter", adapter);
        adapter.ifPresent(name -> Require.text("lora.adapter", name));
    }

    public static LoraSettings defaults() {
        return new LoraSettings(0, OptionalDouble.empty(), List.of(), Optional.empty());
    }

    /** Whether adapters are trained, and the model's own weights are not. */
    public boolean isOn() {
        return rank > 0 || adapter.isPresent();
    }

    /** Alpha of a fresh adapter. */
    public double freshAlpha() {
        return alpha.orElse(ALPHA);
    }

    /** Targets of a fresh adapter. */
    public List<String> freshTargets() {
        return targetModules.isEmpty() ? TARGETS : targetModules;
    }
}
