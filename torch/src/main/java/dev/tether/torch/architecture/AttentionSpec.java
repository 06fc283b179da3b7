package dev.tether.torch.architecture;

import java.util.ArrayList;
import java.util.List;

/**
 * Causal self-attention with {@code heads} query heads over {@code keyHeads} key and value heads (grouped-query
 * attention where they differ).
 *
 * @param headSize values per head; scores are scaled by 1/√headSize
 */
public record AttentionSpec(Projection input, LinearSpec output, int heads, int keyHeads, int headSize) {
    /** How queries, keys and values come out of the hidden state. */
    public sealed interface Projection {
        List<LinearSpec> linears();
    }

    /** Three maps. */
    public record Separate(LinearSpec query, LinearSpec key, LinearSpec value) implements Projection {
        @Override
        public List<LinearSpec> linears() {
            return List.of(query, key, value);
        }
    }

    /** One map whose outputs are all queries, then all keys, then all values. */
    public record Fused(LinearSpec queryKeyValue) implements Projection {
        @Override
        public List<LinearSpec> linears() {
            return List.of(queryKeyValue);
        }
    }

    /** Outputs of all query heads. */
    public int querySize() {
        return heads * headSize;
    }

    /** Outputs of all key heads; the same for values. */
    public int keySize() {
        return keyHeads * headSize;
    }

    List<ParameterSpec> parameters() {
        List<ParameterSpec> all = new ArrayList<>();
        input.linears().forEach(linear -> all.addAll(linear.parameters()));
        all.addAll(output.parameters());
        return all;
    }
}
