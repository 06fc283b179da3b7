package dev.tether.torch.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Causal self-attention.
 *
 * @param headNorms of queries and keys, before any rotation; empty = none
 * @param window how many tokens, itself included, a token sees; empty = all before it
 */
public record AttentionSpec(
        Projection input, Optional<HeadNorms> headNorms, Heads heads, OptionalInt window, LinearSpec output) {
    /**
     * {@code query} query heads over {@code key} key and value heads (grouped-query attention where they differ).
     *
     * @param size values per head; scores are scaled by 1/√size
     */
    public record Heads(int query, int key, int size) {
        /** Outputs of all query heads. */
        public int querySize() {
            return query * size;
        }

        /** Outputs of all key heads; the same for values. */
        public int keySize() {
            return key * size;
        }
    }

    /** A normalisation over each head's values, the same weights for every head. */
    public record HeadNorms(NormSpec query, NormSpec key) {}

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

    /** One map. */
    public record Fused(LinearSpec queryKeyValue, FusedOrder order) implements Projection {
        @Override
        public List<LinearSpec> linears() {
            return List.of(queryKeyValue);
        }
    }

    /** The order of a fused map's outputs. */
    public enum FusedOrder {
        /** All queries, then all keys, then all values. */
        BY_KIND,
        /** For each head its query, key and value; there are as many key heads as query heads. */
        BY_HEAD
    }

    List<ParameterSpec> parameters() {
        List<ParameterSpec> all = new ArrayList<>();
        input.linears().forEach(linear -> all.addAll(linear.parameters()));
        headNorms.ifPresent(norms -> {
            all.addAll(norms.query().parameters());
            all.addAll(norms.key().parameters());
        });
        all.addAll(output.parameters());
        return all;
    }
}
