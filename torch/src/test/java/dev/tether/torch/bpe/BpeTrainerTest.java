package dev.tether.torch.bpe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tether.torch.bpe.BpeVocabulary.Merge;
import dev.tether.trainer.world.ReviewGrammar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpeTrainerTest {
    @TempDir
    Path directory;

    @Test
    void mergesAreThePairsThatAPlainCountFindsMostFrequent() {
        List<String> texts = reviews(200);
        BpeVocabulary vocabulary = BpeTrainer.train(texts, 400);
        assertThat(vocabulary.merges()).hasSize(400 - BpeVocabulary.SMALLEST).isEqualTo(plainMerges(texts, 400));
    }

    @Test
    void sameTextGivesTheSameFiles() throws IOException {
        String first = tokenizerJson(BpeTrainer.train(reviews(100), 500));
        String second = tokenizerJson(BpeTrainer.train(reviews(100), 500));
        assertThat(first).isEqualTo(second);
    }

    @Test
    void textsComeBackFromTheBindingCharacterForCharacter() throws IOException {
        tokenizerJson(BpeTrainer.train(reviews(300), 700));
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(directory)) {
            for (String text : awkward()) {
                long[] ids = tokenizer.encode(text, true, false).getIds();
                assertThat(ids[0]).as(text).isEqualTo(BpeVocabulary.BOS_ID);
                assertThat(tokenizer.decode(ids, true)).isEqualTo(text);
            }
        }
    }

    @Test
    void bindingReadsEveryWordOfTheTextAsOneToken() throws IOException {
        tokenizerJson(BpeTrainer.train(List.of("low low low lower lower newest newest newest widest widest"), 300));
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(directory)) {
            assertThat(tokenizer.tokenize(" lower newest widest"))
                    .containsExactly(BpeVocabulary.BOS, "\u0120lower", "\u0120newest", "\u0120widest");
        }
    }

    @Test
    void specialTokensAreNotCutAndNotDecoded() throws IOException {
        tokenizerJson(BpeTrainer.train(reviews(50), 400));
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(directory)) {
            long[] ids =
                    tokenizer.encode("good" + BpeVocabulary.EOS, true, false).getIds();
            assertThat(ids).endsWith(BpeVocabulary.EOS_ID);
            assertThat(tokenizer.decode(ids, true)).isEqualTo("good");
        }
    }

    @Test
    void shortTextGivesASmallerVocabulary() {
        assertThat(BpeTrainer.train(List.of("abab"), 1000).tokens())
                .hasSize(BpeVocabulary.SMALLEST + 1)
                .endsWith("ab");
    }

    @Test
    void vocabularyWithoutRoomForTheBytesIsRefused() {
        assertThatThrownBy(() -> BpeTrainer.train(List.of("a"), 258))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("vocabulary size = 258, must be at least 259: 3 special tokens and 256 bytes");
    }

    private String tokenizerJson(BpeVocabulary vocabulary) throws IOException {
        TokenizerFiles.write(vocabulary, 128, directory);
        return Files.readString(directory.resolve("tokenizer.json"));
    }

    private static List<String> awkward() {
        return List.of(
                "I bought this kettle last month, and it's great!!",
                "",
                " two  spaces   and\ttabs\n\nand lines\r\n ",
                "emoji 🙂👩‍👩‍👧‍👦🇫🇷 and 漢字かな交じり文, العربية, हिन्दी, ﷽",
                "combining e\u0301 and \u00e9, zero\u200bwidth, nb\u00a0space, \ufeffbom",
                "don't I'll we've they're 'tis O'Brien's",
                "1234567890 3.14 ½ ² Ⅷ x_y--z ===>>> <|not special|> \\n \"quoted\"",
                "\u0000\u0001\u007f control");
    }

    private static List<String> reviews(int count) {
        Random random = new Random(1);
        ReviewGrammar grammar = ReviewGrammar.standard();
        return Stream.generate(() -> grammar.sample(random).text()).limit(count).toList();
    }

    /** The same by counting everything anew for each merge. */
    private static List<Merge> plainMerges(List<String> texts, int size) {
        List<List<Integer>> pieces = new ArrayList<>();
        for (String text : texts) {
            // review text: a word with the space before it, or a mark
            for (String piece : text.split("(?= )|(?=[.,!])")) {
                List<Integer> ids = new ArrayList<>();
                piece.chars().forEach(c -> ids.add(3 + c));
                pieces.add(ids);
            }
        }
        joinMarks(pieces);
        List<Merge> merges = new ArrayList<>();
        for (int id = BpeVocabulary.SMALLEST; id < size; id++) {
            Map<Merge, Integer> counts = new HashMap<>();
            pieces.forEach(ids -> {
                for (int i = 0; i + 1 < ids.size(); i++) {
                    counts.merge(new Merge(ids.get(i), ids.get(i + 1)), 1, Integer::sum);
                }
            });
            Merge best = counts.entrySet().stream()
                    .min((a, b) -> !a.getValue().equals(b.getValue())
                            ? b.getValue() - a.getValue()
                            : a.getKey().left() != b.getKey().left()
                                    ? a.getKey().left() - b.getKey().left()
                                    : a.getKey().right() - b.getKey().right())
                    .orElseThrow()
                    .getKey();
            merges.add(best);
            int token = id;
            pieces.forEach(ids -> {
                for (int i = 0; i + 1 < ids.size(); i++) {
                    if (ids.get(i) == best.left() && ids.get(i + 1) == best.right()) {
                        ids.set(i, token);
                        ids.remove(i + 1);
                    }
                }
            });
        }
        return merges;
    }

    /** "!!" is one piece. */
    private static void joinMarks(List<List<Integer>> pieces) {
        for (int i = pieces.size() - 1; i > 0; i--) {
            if (pieces.get(i).equals(List.of(3 + '!')) && pieces.get(i - 1).equals(List.of(3 + '!'))) {
                pieces.get(i - 1).addAll(pieces.remove(i));
            }
        }
    }
}
