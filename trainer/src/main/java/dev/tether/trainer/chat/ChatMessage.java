package dev.tether.trainer.chat;

/** What one side of a conversation says. */
public record ChatMessage(Role role, String content) {
    /** Who speaks. */
    public enum Role {
        SYSTEM("system"),
        USER("user"),
        ASSISTANT("assistant");

        private final String word;

        Role(String word) {
            this.word = word;
        }

        /** As templates and data sets call it. */
        public String word() {
            return word;
        }
    }
}
