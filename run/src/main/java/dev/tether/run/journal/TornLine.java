package dev.tether.run.journal;

/**
 * A last line that was never finished, because the process that wrote it died.
 *
 * @param line its number, from 1
 * @param byteOffset where it begins: the length of all whole lines
 * @param bytes of it that are there
 */
public record TornLine(long line, long byteOffset, long bytes) {}
