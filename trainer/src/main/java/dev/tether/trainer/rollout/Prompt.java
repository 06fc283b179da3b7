package dev.tether.trainer.rollout;

/** One prompt, as text and as token ids. */
public record Prompt(String text, int[] ids) {}
