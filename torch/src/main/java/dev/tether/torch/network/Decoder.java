package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.embedding;

import dev.tether.torch.architecture.BlockSpec;
import dev.tether.torch.architecture.BlockSpec.Residual;
import dev.tether.torch.architecture.DecoderSpec;
import dev.tether.torch.architecture.FeedForwardSpec;
import dev.tether.torch.architecture.PositionSpec.Learned;
import dev.tether.torch.architecture.PositionSpec.Rotary;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/** The trunk of a model: from token ids to hidden states after the final norm. Does not own its parameters. */
final class Decoder implements AutoCloseable {
    private record Block(
            BlockSpec spec, Norm attentionNorm, Attention attention, Norm feedForwardNorm, FeedForward feedForward) {
        Tensor apply(Tensor x, Views views) {
            Sight sight = views.of(spec.attention().window());
            Tensor y = x.add(attention.apply(attentionNorm.apply(x), sight));
            Tensor read = spec.residual() == Residual.SEQUENTIAL ? y : x;
            return y.add(feedForward.apply(feedForwardNorm.apply(read)));
        }
    }

    private static final long NO_PADDING_ID = -1;

    private final DecoderSpec spec;
    private final ComputeType computeType;
    private final Owned owned;
    private final Tensor tokenEmbedding;
    private final Tensor learnedPositions;
    private final RotaryTable rotary;
    private final List<Block> blocks = new ArrayList<>();
    private final Norm finalNorm;
    private final TensorOptional noMask;

    /** A decoder whose every product sees the parameters as they are then. */
    static Decoder live(DecoderSpec spec, Parameters parameters, ComputeType computeType) {
        Owned owned = new Owned();
        return new Decoder(spec, parameters, computeType, new LeafAffines(parameters, computeType, owned), owned);
    }

    /** @param owned what is freed with this decoder */
    Decoder(DecoderSpec spec, Parameters parameters, ComputeType computeType, Affines affines, Owned owned) {
        this.owned = owned;
        this.spec = spec;
        this.computeType = computeType;
        tokenEmbedding = parameters.get(spec.tokenEmbedding());
        learnedPositions = spec.positions() instanceof Learned learned ? parameters.get(learned.weightName()) : null;
        rotary = spec.positions() instanceof Rotary rotation
                ? new RotaryTable(rotation, spec.contextLength(), computeType)
                : null;
        Norms norms = norm -> new Norm(norm, parameters, owned);
        for (BlockSpec block : spec.blocks()) {
            blocks.add(new Block(
                    block,
                    norms.of(block.attentionNorm()),
                    new Attention(block.attention(), blocks.size(), affines, norms, owned),
                    norms.of(block.feedForwardNorm()),
                    new FeedForward(block.feedForward(), affines)));
        }
        finalNorm = norms.of(spec.finalNorm());
        noMask = owned.own(new TensorOptional());
    }

    /** The parameters that must lie side by side. */
    static List<List<String>> groups(DecoderSpec spec) {
        List<List<String>> groups = new ArrayList<>();
        for (BlockSpec block : spec.blocks()) {
            if (block.attention().input().linears().size() > 1) {
                groups.addAll(SideBySide.groups(block.attention().input().linears()));
            }
            if (block.feedForward() instanceof FeedForwardSpec.Gated gated) {
                groups.addAll(SideBySide.groups(List.of(gated.gate(), gated.up())));
            }
        }
        return groups;
    }

    /** Hidden states [B][L][width]. */
    Tensor hidden(TokenRows rows) {
        return Scoped.handOver(() -> run(rows, rows.attentionMask(), null));
    }

    /**
     * Hidden states of the tokens that follow those in {@code cache}, and appends them to it: any number where it is
     * empty, then one a row.
     *
     * @param visible bool [B][tokens in the cache and new ones], true = may be seen; null = all
     */
    Tensor continued(TokenRows rows, Tensor visible, KeyValueCache cache) {
        return Scoped.handOver(() -> {
            Tensor hidden = run(rows, visible, cache);
            cache.advance(rows.ids().size(1));
            return hidden;
        });
    }

    KeyValueCache newCache(long rows, long capacity) {
        var heads = spec.blocks().get(0).attention().heads();
        long[] shape = {rows, heads.key(), capacity, heads.size()};
        return new KeyValueCache(spec.blocks().size(), shape, computeType);
    }

    private Tensor run(TokenRows rows, Tensor visible, KeyValueCache cache) {
        Views.Span span =
                new Views.Span(cache == null ? 0 : cache.length(), rows.ids().size(1));
        Views views = new Views(span, rotation(rows, span), visible, cache, noMask);
        // all masks are made here, in the scope that outlives the layers
        spec.blocks().forEach(block -> views.of(block.attention().window()));
        Tensor x = Scoped.keep(() -> embed(rows, span.past()));
        try {
            for (Block block : blocks) {
                Tensor before = x;
                x = Scoped.keep(() -> block.apply(before, views));
                before.close();
            }
            return finalNorm.apply(x);
        } finally {
            x.close();
        }
    }

    private Tensor embed(TokenRows rows, long past) {
        Tensor x = tokens(rows.ids());
        if (learnedPositions == null) {
            return x;
        }
        return x.add(
                rows.positions() == null
                        ? learnedPositions.narrow(0, past, rows.ids().size(1))
                        : embedding(learnedPositions, rows.positions()));
    }

    private Tensor tokens(Tensor ids) {
        // where gradients add up in a buffer, a few rows are added to it, and not a gradient of the whole vocabulary
        boolean sparse = GradMode.is_enabled() && tokenEmbedding.grad().defined();
        return embedding(tokenEmbedding, ids, NO_PADDING_ID, false, sparse);
    }

    private Rotation rotation(TokenRows rows, Views.Span span) {
        if (rotary == null) {
            return null;
        }
        return rows.positions() == null
                ? rotary.successive(span.past(), span.fresh())
                : rotary.at(rows.positions(), span.past() + span.fresh());
    }

    @Override
    public void close() {
        if (rotary != null) {
            rotary.close();
        }
        owned.close();
    }
}
