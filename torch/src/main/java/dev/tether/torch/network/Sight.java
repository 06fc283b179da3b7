package dev.tether.torch.network;

import org.bytedeco.pytorch.TensorOptional;

/**
 * What the tokens of one pass may see, and where they stand.
 *
 * @param rotation rotary angles of the new tokens; null where positions are learned
 * @param mask bool [B][1][new tokens][all tokens], true = may be seen; without a value where order alone decides
 * @param order whether the new tokens see each other in causal order, or (one new token a row, or a mask) all there is
 * @param cache keys and values of earlier tokens; null where the new tokens are all there is
 */
record Sight(Rotation rotation, TensorOptional mask, Order order, KeyValueCache cache) {
    enum Order {
        CAUSAL,
        ALL
    }
}
