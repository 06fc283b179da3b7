package dev.tether.torch;

/**
 * What a model says of a text, token by token from the second on: n − 1 entries for n ids.
 *
 * @param logprobs nats, of each token given those before it
 * @param entropies nats, of the distribution each token was read against
 */
public record TokenScores(double[] logprobs, double[] entropies) {}
