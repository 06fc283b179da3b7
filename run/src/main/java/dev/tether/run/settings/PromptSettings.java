package dev.tether.run.settings;

import java.util.Optional;

/**
 * @param source {@code builtin:NAME}, or a file: .jsonl, .json, .csv, .tsv or .parquet with a prompt per row, or .txt with one per line
 * @param column in which prompts stand; empty = the first one that is known
 * @param batchSize B, responses per step; ≥ 1, a multiple of the answers to each prompt
 * @param order in which prompts are drawn
 * @param chatTemplate how conversations are written for the model
 */
public record PromptSettings(
        @Meaning(
                "prompts: builtin:reviews, or a file (.jsonl, .json, .csv, .tsv, .parquet with a prompt per row; .txt)")
        String source,

        @Meaning("the column with the prompts; null = the first of prompt, messages, query, … (docs/data.md)")
        Optional<String> column,

        @Meaning("responses per step; with several answers to each prompt, so many prompts fewer")
        int batchSize,

        @Meaning("order of the prompts: shuffled (anew in each pass over them) | sequential")
        Order order,

        @Meaning(
                "of rows that are conversations: auto (the model's own) | none | chatml | llama_2 | llama_3 | mistral | zephyr | role_tags")
        Chat chatTemplate) {

    /** In which order prompts are drawn. */
    public enum Order {
        SHUFFLED,
        SEQUENTIAL
    }

    /** How conversations are written for the model. */
    public enum Chat {
        /** By the template of the model's directory. */
        AUTO,
        /** Not at all: they are refused. */
        NONE,
        CHATML,
        LLAMA_2,
        LLAMA_3,
        MISTRAL,
        ZEPHYR,
        /** The role before each message as plain text, for models that know no chats. */
        ROLE_TAGS
    }

    public PromptSettings {
        Require.text("prompts.source", source);
        column.ifPresent(name -> Require.text("prompts.column", name));
        Require.atLeast("prompts.batch_size", batchSize, 1);
        Require.present("prompts.order", order);
        Require.present("prompts.chat_template", chatTemplate);
    }

    public static PromptSettings defaults() {
        return new PromptSettings("builtin:reviews", Optional.empty(), 32, Order.SHUFFLED, Chat.AUTO);
    }
}
