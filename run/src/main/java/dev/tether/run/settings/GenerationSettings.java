package dev.tether.run.settings;

import java.util.List;
import java.util.Optional;

/**
 * @param numGenerations answers to each prompt of a batch; 0 = as the algorithm has it
 * @param maxNewTokens T at most; ≥ 1
 * @param temperature divides the logits; &gt; 0, since a policy that cannot vary cannot learn
 * @param topK only the k most likely tokens; 0 = all
 * @param topP only the smallest set of tokens whose mass reaches p; in (0, 1]; 1 = all
 * @param stopIds token ids that end a response; empty = the model's own
 */
public record GenerationSettings(
        @Meaning("answers to each prompt of a batch; 0 = as the algorithm has it: grpo 8, rloo 4, else 1")
        int numGenerations,

        @Meaning("longest response, in tokens") int maxNewTokens,

        @Meaning("divides the logits when sampling; 1 = the model's own distribution")
        double temperature,

        @Meaning("sample among the k most likely tokens; 0 = all")
        int topK,

        @Meaning("sample among the most likely tokens that reach this mass; 1 = all")
        double topP,

        @Meaning("token ids that end a response; null = the model's own")
        Optional<List<Integer>> stopIds) {

    public GenerationSettings {
        Require.atLeast("generation.num_generations", numGenerations, 0);
        Require.atLeast("generation.max_new_tokens", maxNewTokens, 1);
        Require.positive("generation.temperature", temperature);
        Require.atLeast("generation.top_k", topK, 0);
        Require.that(topP > 0 && topP <= 1, "generation.top_p", topP, "in (0, 1]");
        Require.present("generation.stop_ids", stopIds);
        stopIds = stopIds.map(List::copyOf);
        stopIds.ifPresent(ids -> ids.forEach(id -> Require.that(id >= 0, "generation.stop_ids", ids, "ids >= 0")));
    }

    public static GenerationSettings defaults() {
        return new GenerationSettings(0, 48, 1.0, 0, 1.0, Optional.empty());
    }
}
