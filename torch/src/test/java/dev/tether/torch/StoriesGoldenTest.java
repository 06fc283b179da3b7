package dev.tether.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.torch.tokenizer.JsonTokenizer;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Sampling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two real models against GOLDEN.json, computed with torch in single precision. */
class StoriesGoldenTest {
    @ParameterizedTest
    @ValueSource(strings = {"stories260K", "stories15M"})
    void realModelsReproduceTheirReferenceValues(String name) throws Exception {
        Path path = Shared.path("models/" + name);
        JsonNode golden = new JsonMapper().readTree(Files.readAllBytes(path.resolve("GOLDEN.json")));
        JsonTokenizer tokenizer = JsonTokenizer.open(path.resolve("tokenizer.json"));
        try (TorchPolicyModel model = LanguageModels.openPolicy(path, ModelSettings.inference())) {
            int[] ids = integers(golden.path("input_ids"));
            assertThat(Arrays.copyOf(tokenizer.encode(golden.path("text").stringValue()), ids.length))
                    .isEqualTo(ids);

            TokenScores scores = model.score(ids);
            assertThat(scores.logprobs()).containsExactly(doubles(golden.path("logprob_of_next_token")), within(5e-4));
            double[] entropies = doubles(golden.path("entropy"));
            assertThat(scores.entropies()).containsExactly(Arrays.copyOf(entropies, ids.length - 1), within(5e-4));

            int[] prompt = integers(golden.path("greedy_prompt_ids"));
            int[] expected = integers(golden.path("greedy_ids"));
            Generation greedy =
                    model.generate(new int[][] {prompt}, Sampling.greedy(expected.length - prompt.length), 0);
            assertThat(greedy.responses()[0]).isEqualTo(Arrays.copyOfRange(expected, prompt.length, expected.length));
            String text = tokenizer.decode(expected);
            assertThat(text).isEqualTo(golden.path("greedy_text").stringValue());
        }
    }

    private static int[] integers(JsonNode array) {
        return Arrays.stream(doubles(array)).mapToInt(x -> (int) x).toArray();
    }

    private static double[] doubles(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).doubleValue();
        }
        return values;
    }
}
