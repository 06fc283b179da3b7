package dev.tether.torch;

import java.util.List;

/**
 * How a fresh low-rank adapter is made; {@link dev.tether.torch.architecture.LowRankSpec} says what it computes.
 *
 * @param rank of each update; ≥ 1
 * @param alpha the updates' scale times their rank; finite and &gt; 0
 * @param targetModules names of the maps that get one, as in PEFT; {@code all-linear} = all of them
 * @param seed of the weights A; the weights B start at zero
 */
public record LoraSettings(int rank, double alpha, List<String> targetModules, long seed) {
    public LoraSettings {
        targetModules = List.copyOf(targetModules);
    }
}
