package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.arange;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the tokens of one pass may see, by the window of a layer: a token sees itself and what came before it, no padding,
 * and of that only the newest {@code window} tokens. Masks are made once for all layers of one window, in the caller's
 * scope; where the order of the tokens alone decides, there is none.
 */
final class Views {
    /** How many tokens a row has: those read before this pass, and those it reads. */
    record Span(long past, long fresh) {}

    private final Span span;
    private final Rotation rotation;
    /** Bool [B][past and fresh tokens], false = padding; null = no padding that a later token could see. */
    private final Tensor visible;

    private final KeyValueCache cache;
    private final TensorOptional noMask;
    private final Map<OptionalInt, Sight> made = new HashMap<>();

    /**
     * @param visible bool [B][past and fresh tokens], false = padding; null = none that a later token could see
     * @param cache null where there is no past
     */
    Views(Span span, Rotation rotation, Tensor visible, KeyValueCache cache, TensorOptional noMask) {
        if (span.past() > 0 && span.fresh() > 1) {
            throw new IllegalArgumentException(span.fresh() + " tokens follow earlier ones, must be one at a time");
        }
        this.span = span;
        this.rotation = rotation;
        this.visible = visible;
        this.cache = cache;
        this.noMask = noMask;
    }

    /** @param window tokens that a token sees, itself included; empty = all */
    Sight of(OptionalInt window) {
        return made.computeIfAbsent(window, this::make);
    }

    private Sight make(OptionalInt window) {
        long tokens = span.past() + span.fresh();
        long reach = window.isPresent() ? Math.min(window.getAsInt(), tokens) : tokens;
        if (span.past() > 0) {
            Tensor reached = visible == null ? null : visible.narrow(1, tokens - reach, reach);
            TensorOptional mask = reached == null
                    ? noMask
                    : new TensorOptional(reached.unsqueeze(1).unsqueeze(1));
            return new Sight(rotation, mask, Sight.Order.ALL, reach, cache);
        }
        if (visible == null && reach == tokens) {
            return new Sight(rotation, noMask, Sight.Order.CAUSAL, tokens, cache);
        }
        return new Sight(rotation, new TensorOptional(mask(reach)), Sight.Order.ALL, tokens, cache);
    }

    /** [B or 1][1][L][L]; padding sees itself, so that no row of the softmax is empty. */
    private Tensor mask(long reach) {
        Tensor columns = arange(new Scalar(span.fresh()), new TensorOptions(ScalarType.Long));
        Tensor distance = columns.unsqueeze(1).sub(columns.unsqueeze(0));
        Tensor seen = distance.ge(new Scalar(0)).logical_and(distance.lt(new Scalar(reach)));
        Tensor ofTokens = visible == null
                ? seen.unsqueeze(0).unsqueeze(0)
                : visible.unsqueeze(1).unsqueeze(1).logical_and(seen);
        return ofTokens.logical_or(distance.eq(new Scalar(0)));
    }
}
