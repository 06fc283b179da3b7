package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.arange;
import static org.bytedeco.pytorch.global.torch.embedding;

import dev.tether.torch.architecture.BlockSpec;
import dev.tether.torch.architecture.DecoderSpec;
import dev.tether.torch.architecture.FeedForwardSpec;
import dev.tether.torch.architecture.PositionSpec.Learned;
import dev.tether.torch.architecture.PositionSpec.Rotary;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The trunk of a model: from token ids to hidden states after the final norm. Does not own its parameters. */
final class Decoder implements AutoCloseable {
    private record Block(Norm attentionNorm, Attention attention, Norm feedForwardNorm, FeedForward feedForward) {
        Tensor apply(Tensor x, Sight sight) {
            Tensor y = x.add(attention.apply(attentionNorm.apply(x), sight));
            return y.add(feedForward.apply(feedForwardNorm.apply(y)));
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
        return new Decoder(spec, parameters, computeType, new LeafAffines(parameters, owned), owned);
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
        for (BlockSpec block : spec.blocks()) {
            blocks.add(new Block(
                    new Norm(block.attentionNorm(), parameters, owned),
                    new Attention(block.attention(), blocks.size(), affines, owned),
                    new Norm(block.feedForwardNorm(), parameters, owned),
                    new FeedForward(block.feedForward(), affines)));
        }
        finalNorm = new Norm(spec.finalNorm(), parameters, owned);
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
        return Scoped.handOver(() -> {
            TensorOptional mask =
                    rows.attentionMask() == null ? noMask : new TensorOptional(causalMask(rows.attentionMask()));
            Sight.Order order = rows.attentionMask() == null ? Sight.Order.CAUSAL : Sight.Order.ALL;
            return run(rows, mask, order, null);
        });
    }

    /**
     * Hidden states of the tokens that follow those in {@code cache}, and appends them to it.
     *
     * @param visible bool [B][tokens in the cache and new ones], true = may be seen; null = all
     */
    Tensor continued(TokenRows rows, Tensor visible, KeyValueCache cache) {
        return Scoped.handOver(() -> {
            boolean first = cache.length() == 0;
            TensorOptional mask = noMask;
            if (visible != null) {
                mask = new TensorOptional(
                        first ? causalMask(visible) : visible.unsqueeze(1).unsqueeze(1));
            }
            Sight.Order order = first && visible == null ? Sight.Order.CAUSAL : Sight.Order.ALL;
            Tensor hidden = run(rows, mask, order, cache);
            cache.advance(rows.ids().size(1));
            return hidden;
        });
    }

    KeyValueCache newCache(long rows, long capacity) {
        var attention = spec.blocks().get(0).attention();
        long[] shape = {rows, attention.keyHeads(), capacity, attention.headSize()};
        return new KeyValueCache(spec.blocks().size(), shape, computeType);
    }

    private Tensor run(TokenRows rows, TensorOptional mask, Sight.Order order, KeyValueCache cache) {
        long past = cache == null ? 0 : cache.length();
        Sight sight = new Sight(rotation(rows, past), mask, order, cache);
        Tensor x = Scoped.keep(() -> embed(rows, past));
        try {
            for (Block block : blocks) {
                Tensor before = x;
                x = Scoped.keep(() -> block.apply(before, sight));
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

    private Rotation rotation(TokenRows rows, long past) {
        if (rotary == null) {
            return null;
        }
        long bound = past + rows.ids().size(1);
        return rows.positions() == null
                ? rotary.successive(past, rows.ids().size(1))
                : rotary.at(rows.positions(), bound);
    }

    /**
     * [B][L] to [B][1][L][L]: a token sees the tokens at or before it, never padding; padding sees itself, so that no
     * row of the softmax is empty.
     */
    private static Tensor causalMask(Tensor isToken) {
        long length = isToken.size(1);
        Tensor columns = arange(new Scalar(length), new TensorOptions(ScalarType.Long));
        Tensor atOrBefore = columns.unsqueeze(1).ge(columns.unsqueeze(0));
        Tensor self = columns.unsqueeze(1).eq(columns.unsqueeze(0));
        return isToken.unsqueeze(1).unsqueeze(1).logical_and(atOrBefore).logical_or(self);
    }

    @Override
    public void close() {
        if (rotary != null) {
            rotary.close();
        }
        owned.close();
    }
}
