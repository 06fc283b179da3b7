package dev.tether.trainer.world;

import java.util.ArrayList;
import java.util.List;

/**
 * A sentence of a text that is being judged.
 *
 * @param words marks included
 * @param weight how many of the words stand in the response
 * @param end CUT when the text is over before the sentence is
 */
record ReviewSentence(List<String> words, int weight, PhraseChart.End end) {
    /** The sentences of prompt and response read as one text; those that end in the prompt have weight 0. */
    static List<ReviewSentence> of(String prompt, String response) {
        List<String> words = ReviewText.words(prompt + response);
        int inPrompt = ReviewText.words(prompt).size();
        List<ReviewSentence> sentences = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < words.size(); i++) {
            boolean last = i == words.size() - 1;
            boolean ends = ReviewText.endsSentence(words.get(i));
            if (last || ends && !ReviewText.endsSentence(words.get(i + 1))) {
                PhraseChart.End end = ends ? PhraseChart.End.FINAL : PhraseChart.End.CUT;
                int weight = i + 1 - Math.max(start, Math.min(inPrompt, i + 1));
                sentences.add(new ReviewSentence(List.copyOf(words.subList(start, i + 1)), weight, end));
                start = i + 1;
            }
        }
        return sentences;
    }
}
