package dev.tether.web.samples;

/**
 * Which samples are wanted.
 *
 * @param order of them
 * @param text that prompt or response contain, whatever the case; empty for all
 * @param fromStep first step
 * @param toStep last step
 * @param offset how many of them to leave out
 * @param limit how many to give
 */
public record SampleQuestion(SampleOrder order, String text, long fromStep, long toStep, int offset, int limit) {}
