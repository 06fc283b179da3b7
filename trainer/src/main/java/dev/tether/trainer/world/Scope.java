package dev.tether.trainer.world;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Where a rule of the grammar is used.
 *
 * @param tags what holds there
 * @param nouns what {@code $product} or {@code $aspect} stands for
 * @param other the scope of {@code $other:name}, or null
 */
record Scope(Set<String> tags, Map<String, String> nouns, Scope other) {
    static Scope of(Product product, Stance stance) {
        return new Scope(
                Set.of(product.number(), product.kind(), product.name(), stance.tag()),
                Map.of("product", product.name()),
                null);
    }

    static Scope of(Product.Aspect aspect, Stance stance) {
        Set<String> tags = new HashSet<>(Set.of(aspect.number(), aspect.type(), stance.tag()));
        tags.add(aspect.name());
        return new Scope(tags, Map.of("aspect", aspect.name()), null);
    }

    /** This scope with a second one in reach, for one rule and not for those it refers to. */
    Scope besides(Scope second) {
        return new Scope(tags, nouns, second);
    }

    Scope alone() {
        return other == null ? this : new Scope(tags, nouns, null);
    }
}
