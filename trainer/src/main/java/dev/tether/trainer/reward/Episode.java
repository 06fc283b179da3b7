package dev.tether.trainer.reward;

import dev.tether.trainer.model.StopReason;

/** One prompt with the response given to it, as a reward sees it. {@code responseIds} holds counted tokens only. */
public record Episode(String prompt, String response, int[] promptIds, int[] responseIds, StopReason stopReason) {}
