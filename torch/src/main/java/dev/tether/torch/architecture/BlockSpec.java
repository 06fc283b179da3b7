package dev.tether.torch.architecture;

import java.util.ArrayList;
import java.util.List;

/** One layer: x + attention(norm(x)), then x + feedForward(norm(x)). */
public record BlockSpec(
        NormSpec attentionNorm, AttentionSpec attention, NormSpec feedForwardNorm, FeedForwardSpec feedForward) {
    List<ParameterSpec> parameters() {
        List<ParameterSpec> all = new ArrayList<>(attentionNorm.parameters());
        all.addAll(attention.parameters());
        all.addAll(feedForwardNorm.parameters());
        all.addAll(feedForward.parameters());
        return all;
    }
}
