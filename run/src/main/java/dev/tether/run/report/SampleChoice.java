package dev.tether.run.report;

import dev.tether.run.journal.SampleReader;
import dev.tether.run.report.SamplePair.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Picks the pairs to show out of all samples of a run, in one pass and in little memory. */
final class SampleChoice {
    static final int PAIRS = 8;

    /** How many prompts are remembered in the hope that they come again. */
    private static final int PROMPTS_HELD = 2048;

    private final Map<String, SamplePair> byPrompt = new LinkedHashMap<>();
    private final List<Answer> firstStep = new ArrayList<>();
    private final List<Answer> lastStep = new ArrayList<>();

    private SampleChoice() {}

    static List<SamplePair> read(Path samples) {
        SampleChoice choice = new SampleChoice();
        try (SampleReader reader = SampleReader.open(samples)) {
            for (var row = reader.next(); row.isPresent(); row = reader.next()) {
                choice.see(Answer.of(row.get()));
            }
        }
        return choice.pairs();
    }

    private void see(Answer answer) {
        SamplePair known = byPrompt.get(answer.prompt());
        if (known != null) {
            byPrompt.put(answer.prompt(), new SamplePair(known.first(), answer));
        } else if (byPrompt.size() < PROMPTS_HELD) {
            byPrompt.put(answer.prompt(), new SamplePair(answer, answer));
        }
        if (firstStep.isEmpty() || firstStep.get(0).step() == answer.step()) {
            firstStep.add(answer);
        }
        if (!lastStep.isEmpty() && lastStep.get(0).step() != answer.step()) {
            lastStep.clear();
        }
        lastStep.add(answer);
    }

    /** Prompts that were answered both early and late; where there are too few, the first and the last step. */
    private List<SamplePair> pairs() {
        if (lastStep.isEmpty()) {
            return List.of();
        }
        long begin = firstStep.get(0).step();
        long end = lastStep.get(0).step();
        List<SamplePair> pairs = new ArrayList<>(byPrompt.values().stream()
                .filter(pair ->
                        end > begin && 2 * (pair.last().step() - pair.first().step()) >= end - begin)
                .limit(PAIRS)
                .toList());
        int unpaired = Math.min(firstStep.size(), lastStep.size());
        for (int i = 0; i < unpaired && pairs.size() < PAIRS && end > begin; i++) {
            SamplePair pair = new SamplePair(firstStep.get(i), lastStep.get(i));
            if (!pairs.contains(pair)) {
                pairs.add(pair);
            }
        }
        return pairs;
    }
}
