package dev.tether.trainer.loop;

import java.util.Map;

/**
 * Who runs what where.
 *
 * @param modelFingerprint of the policy's weights at the start
 * @param referenceFingerprint of the reference's weights and tokenizer
 * @param version of Tether
 * @param host facts of the machine and its software, for {@code sessions.jsonl}
 */
public record RunIdentity(
        String modelFingerprint, String referenceFingerprint, String version, Map<String, String> host) {}
