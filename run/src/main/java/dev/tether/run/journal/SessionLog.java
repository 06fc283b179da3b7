package dev.tether.run.journal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Appends to and reads {@code sessions.jsonl}. */
public final class SessionLog {
    private SessionLog() {}

    /** Adds one row, creating the file where there is none, and returns when it is on the disk. */
    public static void append(Path sessions, SessionEvent event) {
        try (LineAppender file = LineAppender.append(sessions)) {
            file.append(JsonRows.write(event));
            file.sync();
        }
    }

    public static List<SessionEvent> readAll(Path sessions) {
        try (RowReader<SessionEvent> reader = new RowReader<>(sessions, SessionEvent.class)) {
            List<SessionEvent> events = new ArrayList<>();
            for (var event = reader.next(); event.isPresent(); event = reader.next()) {
                events.add(event.get());
            }
            return events;
        }
    }
}
