package dev.tether.trainer.loop;

import dev.tether.run.RunDirectory;
import dev.tether.run.journal.SessionEvent;
import dev.tether.run.journal.SessionLog;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** Notes when processes took up a run and left it, and what they had trouble with. */
record Sessions(RunDirectory directory, RunIdentity identity, InstantSource clock) {
    /** @param checkpoint that the session goes on from; empty where it begins the run */
    void started(long step, Optional<Path> checkpoint) {
        append(new SessionEvent.Started(
                clock.instant(),
                identity.version(),
                checkpoint.map(any -> step),
                checkpoint.map(directory::relative),
                identity.host()));
    }

    void stopped(long step, SessionEvent.StopReason reason, Optional<Path> checkpoint) {
        append(new SessionEvent.Stopped(clock.instant(), step, reason, checkpoint.map(directory::relative)));
    }

    void listenerFailed(long step, String sentence) {
        append(new SessionEvent.Trouble(clock.instant(), step, SessionEvent.TroubleWith.LISTENER, sentence));
    }

    private void append(SessionEvent event) {
        SessionLog.append(directory.sessions(), event);
    }
}
