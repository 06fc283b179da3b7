package dev.tether.core.advantage;

/**
 * How much better each token was than expected, and what the value function should have said.
 *
 * @param advantages [B][T], 0 where uncounted
 * @param returns [B][T], advantage + value, the target of the value function; 0 where uncounted
 */
public record Advantages(double[][] advantages, double[][] returns) {}
