package dev.tether.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.run.settings.RunSettings;
import dev.tether.torch.directory.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingFlopsTest {
    @TempDir
    private Path directory;

    /** Two layers of width 8, two heads over one of keys, feed-forward 12, vocabulary 100. */
    private TrainingFlops flops(String further) throws IOException {
        Files.writeString(directory.resolve("config.json"), """
                {"model_type": "llama", "vocab_size": 100, "hidden_size": 8, "intermediate_size": 12,
                 "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 4,
                 "hidden_act": "silu", "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
                 "tie_word_embeddings": true, "initializer_range": 0.02%s}
                """.formatted(further));
        return new TrainingFlops(ModelDirectory.ofLanguageModel(directory).spec());
    }

    private static final double WEIGHTS_OF_A_LAYER = 8 * 8 + 2 * 8 * 4 + 8 * 8 + 3 * 8 * 12;

    @Test
    void aTrunkIsTwoOperationsPerWeightAndTokenAndAttentionOverPairs() throws IOException {
        // 5 tokens see 1 + 2 + 3 + 4 + 5 = 15 tokens; 2 products of 8 values each
        double expected = 2 * (2 * WEIGHTS_OF_A_LAYER * 5 + 2 * 2 * 8 * 15);
        assertThat(flops("").trunk(5)).isEqualTo(expected);
    }

    @Test
    void theEmbeddingIsLookedUpAndOnlyTheHeadMultipliesByIt() throws IOException {
        assertThat(flops("").head(3)).isEqualTo(2 * 3 * 8 * 100);
    }

    @Test
    void theLastTokenIsReadByNobodyAndPromptsNeedNoHead() throws IOException {
        TrainingFlops flops = flops("");
        assertThat(flops.forward(4, 3)).isEqualTo(flops.trunk(6) + flops.head(3));
    }

    @Test
    void aWindowBoundsWhatAttentionCosts() throws IOException {
        String windowed = ", \"sliding_window\": 2";
        double whole = flops("").trunk(5);
        Files.writeString(
                directory.resolve("config.json"),
                Files.readString(directory.resolve("config.json"))
                        .replace("\"llama\"", "\"mistral\"")
                        .replace("0.02}", "0.02" + windowed + "}"));
        double bounded =
                new TrainingFlops(ModelDirectory.ofLanguageModel(directory).spec()).trunk(5);
        // 1 + 2 + 2 + 2 + 2 = 9 pairs instead of 15
        assertThat(whole - bounded).isEqualTo(2 * 2 * 2 * 8 * (15 - 9));
    }

    @Test
    void backwardIsTwiceForwardAndAValueNetworkIsASecondTrunk() throws IOException {
        TrainingFlops flops = flops("");
        double forward = flops.forward(4, 3);
        assertThat(flops.update(4, 3, Set.of())).isEqualTo(3 * forward);
        assertThat(flops.update(4, 3, Set.of(TrainingFlops.Part.VALUE_TRUNK)))
                .isEqualTo(3 * forward + 3 * flops.trunk(6));
        assertThat(flops.update(4, 3, Set.of(TrainingFlops.Part.ADAPTERS))).isEqualTo(2 * forward);
        assertThat(flops.update(4, 3, Set.of(TrainingFlops.Part.REFERENCE_IN_LOSS)))
                .isEqualTo(4 * forward);
    }

    @Test
    void settingsSayWhatAnUpdateIsMadeOf() {
        RunSettings settings = RunSettings.defaults();
        assertThat(TrainingFlops.Part.of(settings)).isEmpty();
        assertThat(TrainingFlops.Part.of(settings.with("model.value=separate")))
                .containsExactly(TrainingFlops.Part.VALUE_TRUNK);
        assertThat(TrainingFlops.Part.of(settings.with("model.value=separate", "algorithm=grpo")))
                .isEmpty();
        assertThat(TrainingFlops.Part.of(settings.with("lora.rank=4", "belt.placement=rao_blackwell_in_loss")))
                .containsExactly(TrainingFlops.Part.ADAPTERS, TrainingFlops.Part.REFERENCE_IN_LOSS);
    }
}
