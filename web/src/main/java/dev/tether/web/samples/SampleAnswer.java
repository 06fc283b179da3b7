package dev.tether.web.samples;

import dev.tether.run.journal.SampleRecord;
import java.util.List;

/**
 * Samples of a run, as far as they could be found in the time there is for one answer.
 *
 * @param samples that were asked for
 * @param known samples that the run has, as far as they were read
 * @param readShare how much of the file was read, 0 to 1; ask again where it is less than 1
 * @param looked samples that the text was looked for in
 * @param hasMore whether there are, or may be, more behind these
 */
public record SampleAnswer(List<SampleRecord> samples, int known, double readShare, int looked, boolean hasMore) {}
