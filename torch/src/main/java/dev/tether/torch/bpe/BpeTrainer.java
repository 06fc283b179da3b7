package dev.tether.torch.bpe;

import dev.tether.torch.bpe.BpeVocabulary.Merge;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns a byte-level BPE vocabulary from text: starting from bytes, the most frequent pair of neighbouring tokens
 * becomes a token, again and again (Sennrich et al. 2016; on bytes and within the pieces of GPT-2's regular expression,
 * as Radford et al. 2019). Of equally frequent pairs the one with the smaller ids comes first, so the same text always
 * gives the same vocabulary.
 */
public final class BpeTrainer {
    /** A pair that occurs once is no pattern. */
    private static final long LEAST_COUNT = 2;

    /** The pieces that the ByteLevel pre-tokenizer of Hugging Face cuts a text into; no token crosses their borders. */
    private static final Pattern PIECE = Pattern.compile(
            "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    private BpeTrainer() {}

    /**
     * @param vocabularySize tokens at most; fewer where the text has no more pairs that occur twice
     * @throws IllegalArgumentException below {@link BpeVocabulary#SMALLEST}
     */
    public static BpeVocabulary train(Iterable<String> texts, int vocabularySize) {
        if (vocabularySize < BpeVocabulary.SMALLEST) {
            throw new IllegalArgumentException("vocabulary size = " + vocabularySize + ", must be at least "
                    + BpeVocabulary.SMALLEST + ": 3 special tokens and 256 bytes");
        }
        List<String> tokens = new ArrayList<>(List.of(BpeVocabulary.PAD, BpeVocabulary.BOS, BpeVocabulary.EOS));
        int firstByte = tokens.size();
        for (int b = 0; b < 256; b++) {
            tokens.add(ByteAlphabet.spelling(b));
        }
        PairCounts pairs = new PairCounts();
        count(texts).forEach((piece, count) -> pairs.addPiece(ids(piece, firstByte), count));
        List<Merge> merges = new ArrayList<>();
        for (Merge next = pairs.mostFrequent(LEAST_COUNT);
                next != null && tokens.size() < vocabularySize;
                next = pairs.mostFrequent(LEAST_COUNT)) {
            pairs.merge(next, tokens.size());
            tokens.add(tokens.get(next.left()) + tokens.get(next.right()));
            merges.add(next);
        }
        return new BpeVocabulary(tokens, merges);
    }

    private static Map<String, Long> count(Iterable<String> texts) {
        Map<String, Long> pieces = new LinkedHashMap<>();
        for (String text : texts) {
            Matcher matcher = PIECE.matcher(text);
            while (matcher.find()) {
                pieces.merge(matcher.group(), 1L, Long::sum);
            }
        }
        return pieces;
    }

    private static int[] ids(String piece, int firstByte) {
        int[] ids = ByteAlphabet.bytes(piece);
        for (int i = 0; i < ids.length; i++) {
            ids[i] += firstByte;
        }
        return ids;
    }
}
