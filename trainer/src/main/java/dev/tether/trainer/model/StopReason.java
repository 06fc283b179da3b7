package dev.tether.trainer.model;

/** Why a response ended. */
public enum StopReason {
    /** The policy emitted a stop token; that token is the last counted one. */
    ENDED,
    /** The length limit was reached before a stop token. */
    TRUNCATED
}
