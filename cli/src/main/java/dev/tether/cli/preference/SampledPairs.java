package dev.tether.cli.preference;

import dev.tether.cli.plan.ScoredSamples;
import dev.tether.core.stats.Logistic;
import dev.tether.trainer.chat.ChatMessage;
import dev.tether.trainer.preference.PreferencePair;
import dev.tether.trainer.preference.PreferenceRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Comparisons of scored samples. */
enum SampledPairs {
    /** Of all answers to a prompt the best over the worst; none where all score alike. */
    BEST_WORST {
        @Override
        void add(List<ScoredSamples.Row> answers, SplittableRandom random, List<PreferenceRow> pairs) {
            Comparator<ScoredSamples.Row> byScore = Comparator.comparingDouble(ScoredSamples.Row::score);
            ScoredSamples.Row best = answers.stream().max(byScore).orElseThrow();
            ScoredSamples.Row worst = answers.stream().min(byScore).orElseThrow();
            if (best.score() > worst.score()) {
                pairs.add(pair(best, worst, pairs.size()));
            }
        }
    },
    /** Two by two, the first preferred with probability σ(its score less the other's): what DPO takes comparisons for. */
    BRADLEY_TERRY {
        @Override
        void add(List<ScoredSamples.Row> answers, SplittableRandom random, List<PreferenceRow> pairs) {
            for (int i = 0; i + 1 < answers.size(); i += 2) {
                ScoredSamples.Row first = answers.get(i);
                ScoredSamples.Row second = answers.get(i + 1);
                boolean firstPreferred = random.nextDouble() < Logistic.sigma(first.score() - second.score());
                if (!first.response().equals(second.response())) {
                    pairs.add(firstPreferred ? pair(first, second, pairs.size()) : pair(second, first, pairs.size()));
                }
            }
        }
    };

    abstract void add(List<ScoredSamples.Row> answers, SplittableRandom random, List<PreferenceRow> pairs);

    /** All pairs, prompt by prompt. */
    List<PreferenceRow> of(ScoredSamples samples, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<PreferenceRow> pairs = new ArrayList<>();
        samples.byPrompt().forEach(answers -> add(answers, random, pairs));
        return pairs;
    }

    private static PreferenceRow pair(ScoredSamples.Row chosen, ScoredSamples.Row rejected, int number) {
        PreferencePair pair = chosen.conversation()
                .map(talk -> PreferencePair.of(talk.messages(), answer(chosen), answer(rejected)))
                .orElseGet(() -> new PreferencePair(chosen.prompt(), chosen.response(), rejected.response()));
        return new PreferenceRow(pair, chosen.end(), rejected.end(), 0, "pair " + (number + 1));
    }

    /** White space at the ends of a message is what templates put there or take away. */
    private static List<ChatMessage> answer(ScoredSamples.Row row) {
        return List.of(
                new ChatMessage(ChatMessage.Role.ASSISTANT, row.response().strip()));
    }
}
