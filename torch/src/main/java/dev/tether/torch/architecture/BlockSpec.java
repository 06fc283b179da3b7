package dev.tether.torch.architecture;

import java.util.ArrayList;
import java.util.List;

/** One layer. */
public record BlockSpec(
        Residual residual,
        NormSpec attentionNorm,
        AttentionSpec attention,
        NormSpec feedForwardNorm,
        FeedForwardSpec feedForward) {
    /** How the two halves of a layer are added to its input. */
    public enum Residual {
        /** y = x + attention(attentionNorm(x)), then y + feedForward(feedForwardNorm(y)). */
        SEQUENTIAL,
        /** x + attention(attentionNorm(x)) + feedForward(feedForwardNorm(x)). */
        PARALLEL
    }

    List<ParameterSpec> parameters() {
        List<ParameterSpec> all = new ArrayList<>(attentionNorm.parameters());
        all.addAll(attention.parameters());
        all.addAll(feedForwardNorm.parameters());
        all.addAll(feedForward.parameters());
        return all;
    }
}
