package dev.tether.core.monitor;

import java.util.Optional;

/**
 * Looks at a run and may raise an alarm. Pure: the same steps give the same answer, while the run goes on, after it, and
 * for the log of another trainer. What it finds has happened; it foretells nothing.
 */
public interface Check {
    /** What it says of itself. */
    CheckCard card();

    /** What it finds at the window's last step; nothing where the figures it needs are not known. */
    Optional<Alarm> examine(Window window);
}
