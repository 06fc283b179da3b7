package dev.tether.run.settings;

/**
 * @param source {@code builtin:NAME}, or a file: .jsonl with a {@code prompt} per row, or .txt with one per line
 * @param batchSize B, responses per step; ≥ 1, a multiple of the answers to each prompt
 * @param order in which prompts are drawn
 */
public record PromptSettings(
        @Meaning("prompts: builtin:reviews, or a file (.jsonl with a \"prompt\" per row, .txt with one per line)")
        String source,

        @Meaning("responses per step; with several answers to each prompt, so many prompts fewer")
        int batchSize,

        @Meaning("order of the prompts: shuffled (anew in each pass over them) | sequential")
        Order order) {

    /** In which order prompts are drawn. */
    public enum Order {
        SHUFFLED,
        SEQUENTIAL
    }

    public PromptSettings {
        Require.text("prompts.source", source);
        Require.atLeast("prompts.batch_size", batchSize, 1);
        Require.present("prompts.order", order);
    }

    public static PromptSettings defaults() {
        return new PromptSettings("builtin:reviews", 32, Order.SHUFFLED);
    }
}
