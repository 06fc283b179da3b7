package dev.tether.cli.check;

import dev.tether.run.journal.Finding.Severity;
import dev.tether.run.monitor.RunCheck;

/**
 * One run with what was found in it.
 *
 * @param name to call it by
 * @param check what is to be said of it
 */
record CheckedRun(String name, RunCheck check) {
    boolean hasAtLeast(Severity severity) {
        return check.findings().stream().anyMatch(finding -> finding.severity().compareTo(severity) >= 0);
    }
}
