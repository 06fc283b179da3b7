package dev.tether.torch.network;

import org.bytedeco.pytorch.Tensor;

/**
 * Rows of token ids as the network reads them.
 *
 * @param ids [B][L] int64
 * @param positions [B][L] int64, or null: every row starts at position 0 in its first column
 * @param attentionMask [B][L] bool, true = a token, false = padding that nothing may see; or null: no padding that a
 *     later token could see (no padding at all, or only after the last token of a row)
 */
public record TokenRows(Tensor ids, Tensor positions, Tensor attentionMask) {
    /** Rows without padding, or padded after their last token: the causal order alone hides the padding. */
    public static TokenRows leftAligned(Tensor ids) {
        return new TokenRows(ids, null, null);
    }
}
