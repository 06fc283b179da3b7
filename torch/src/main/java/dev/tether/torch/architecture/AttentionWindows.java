package dev.tether.torch.architecture;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/** The sliding windows of a config.json: how many tokens, itself included, a token sees in each layer. */
final class AttentionWindows {
    /** Where a family keeps its windows. */
    enum Rule {
        /** There are none. */
        NONE,
        /** Mistral: {@code sliding_window} in every layer; null = none. */
        EVERY_LAYER,
        /**
         * Qwen: {@code sliding_window} where {@code use_sliding_window} is true, in the layers that {@code layer_types}
         * names, else in those from {@code max_window_layers} on.
         */
        BY_LAYER
    }

    private static final String TYPES = "layer_types";
    private static final String FULL = "full_attention";
    private static final String SLIDING = "sliding_attention";
    /** What Mistral and Qwen take where the key is missing; null would say that there is no window. */
    private static final int DEFAULT_WINDOW = 4096;

    private static final int DEFAULT_FIRST_LAYER = 28;

    private AttentionWindows() {}

    /** One per layer; empty = everything before it. */
    static List<OptionalInt> read(ConfigFile config, Rule rule, int layers) {
        OptionalInt window = switch (rule) {
            case NONE -> OptionalInt.empty();
            case EVERY_LAYER -> window(config);
            case BY_LAYER -> config.flag("use_sliding_window", false) ? window(config) : OptionalInt.empty();
        };
        List<OptionalInt> byLayer = new ArrayList<>();
        List<String> types = types(config, rule, layers, window);
        for (String type : types) {
            if (!type.equals(FULL) && (!type.equals(SLIDING) || window.isEmpty())) {
                throw config.wrong(
                        TYPES,
                        "\"" + type + "\" is not supported here; supported: " + FULL + ", "
                                + (window.isEmpty() ? "and with a sliding_window " : "") + SLIDING);
            }
            byLayer.add(type.equals(FULL) ? OptionalInt.empty() : window);
        }
        return byLayer;
    }

    private static List<String> types(ConfigFile config, Rule rule, int layers, OptionalInt window) {
        List<String> types = config.texts(TYPES);
        if (!types.isEmpty()) {
            if (types.size() != layers) {
                throw config.wrong(TYPES, "must have one entry for each of the " + layers + " layers");
            }
            return types;
        }
        int firstSliding = window.isEmpty()
                ? layers
                : rule == Rule.EVERY_LAYER ? 0 : config.nonNegativeInteger("max_window_layers", DEFAULT_FIRST_LAYER);
        List<String> made = new ArrayList<>(Collections.nCopies(Math.min(layers, firstSliding), FULL));
        made.addAll(Collections.nCopies(layers - made.size(), SLIDING));
        return made;
    }

    private static OptionalInt window(ConfigFile config) {
        return config.isNull("sliding_window")
                ? OptionalInt.empty()
                : OptionalInt.of(config.positiveInteger("sliding_window", DEFAULT_WINDOW));
    }
}
