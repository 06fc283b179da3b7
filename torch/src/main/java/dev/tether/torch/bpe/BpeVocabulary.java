package dev.tether.torch.bpe;

import java.util.List;

/**
 * A byte-level BPE vocabulary: the three special tokens, the 256 bytes, then one token per merge, each at the id of its
 * place in the list.
 *
 * @param tokens spelled in the byte alphabet of GPT-2's tokenizers; special tokens as they are
 * @param merges pairs of token ids, most frequent first
 */
public record BpeVocabulary(List<String> tokens, List<Merge> merges) {
    /** Fills up rows of a batch. */
    public static final String PAD = "<|pad|>";

    /** Stands before every text. */
    public static final String BOS = "<|bos|>";

    /** Ends a text. */
    public static final String EOS = "<|eos|>";

    public static final int PAD_ID = 0;
    public static final int BOS_ID = 1;
    public static final int EOS_ID = 2;

    /** The smallest vocabulary there is: special tokens and bytes. */
    public static final int SMALLEST = 3 + 256;

    /** Two neighbouring tokens that become one. */
    public record Merge(int left, int right) {}

    public BpeVocabulary {
        tokens = List.copyOf(tokens);
        merges = List.copyOf(merges);
        if (tokens.size() != SMALLEST + merges.size()) {
            throw new IllegalArgumentException("a vocabulary of " + tokens.size() + " tokens has "
                    + (tokens.size() - SMALLEST) + " merges, got " + merges.size());
        }
    }

    /** Tokens in all. */
    public int size() {
        return tokens.size();
    }
}
