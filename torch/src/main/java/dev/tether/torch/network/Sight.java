package dev.tether.torch.network;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * What the tokens of one pass may see in one layer, and where they stand.
 *
 * @param rotation rotary angles of the new tokens; null where positions are learned
 * @param mask bool [B or 1][1][new tokens][reached tokens], true = may be seen; without a value where order alone decides
 * @param order whether the new tokens see each other in causal order, or (one new token a row, or a mask) all there is
 * @param reach how many of the newest tokens take part, the new ones included
 * @param cache keys and values of earlier tokens; null where the new tokens are all there is
 */
record Sight(Rotation rotation, TensorOptional mask, Order order, long reach, KeyValueCache cache) {
    enum Order {
        CAUSAL,
        ALL
    }

    /** The newest of keys or values [B][heads][tokens][size]. */
    Tensor reached(Tensor all) {
        long tokens = all.size(2);
        return tokens <= reach ? all : all.narrow(2, tokens - reach, reach);
    }
}
