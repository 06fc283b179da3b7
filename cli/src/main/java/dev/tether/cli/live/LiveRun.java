package dev.tether.cli.live;

import dev.tether.run.journal.Finding;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.BeltSettings;
import java.util.List;
import java.util.Optional;

/**
 * What a live view shows, at one moment.
 *
 * @param name of the run
 * @param steps that it is to have
 * @param secondsLeft as far as the last steps tell
 * @param belt its settings
 * @param taken the steps so far
 * @param samples of the last step
 * @param news in the order in which they came
 */
record LiveRun(
        String name,
        int steps,
        double secondsLeft,
        BeltSettings belt,
        List<StepRecord> taken,
        List<SampleRecord> samples,
        List<News> news) {

    /** A finding, or a sentence about the run. */
    record News(Optional<Finding.Severity> severity, String sentence) {}

    Optional<StepRecord> last() {
        return taken.isEmpty() ? Optional.empty() : Optional.of(taken.get(taken.size() - 1));
    }
}
