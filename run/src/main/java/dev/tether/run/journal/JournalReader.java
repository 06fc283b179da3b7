package dev.tether.run.journal;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Reads {@code journal.jsonl} from its beginning, row by row; also while it is being written. */
public final class JournalReader implements AutoCloseable {
    /** The keys of a step row that differ between two runs of the same settings. */
    public static final Set<String> TIME_KEYS = Set.of("timing", "tokens_per_second");

    private static final String FIRST_ROW = "{\"type\":\"run\",";

    private final RowReader<RunEvent> rows;

    private JournalReader(Path journal) {
        rows = new RowReader<>(journal, RunEvent.class);
    }

    public static JournalReader open(Path journal) {
        return new JournalReader(journal);
    }

    /**
     * The next event, or empty at the end.
     *
     * @throws dev.tether.run.InputException naming the line, where a whole line is not a row of a journal
     */
    public Optional<RunEvent> next() {
        return rows.next();
    }

    /** The unfinished last line, known once {@link #next} has come to the end; its row is not among the events. */
    public Optional<TornLine> tornLine() {
        return rows.tornLine();
    }

    /** Whether a file is a journal, by its first row; false also where it cannot be read. */
    public static boolean isJournal(Path file) {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            String first = reader.readLine();
            return first != null && first.startsWith(FIRST_ROW);
        } catch (IOException e) {
            return false;
        }
    }

    /** The whole journal. */
    public static Journal readAll(Path journal) {
        try (JournalReader reader = open(journal)) {
            List<RunEvent> events = new ArrayList<>();
            for (var event = reader.next(); event.isPresent(); event = reader.next()) {
                events.add(event.get());
            }
            return new Journal(events, reader.tornLine());
        }
    }

    /**
     * The rows of the journal, written anew without {@link #TIME_KEYS}: equal for two runs that did the same.
     */
    public static List<String> withoutTimes(Path journal) {
        try (RowReader<ObjectNode> reader = new RowReader<>(journal, ObjectNode.class)) {
            List<String> lines = new ArrayList<>();
            for (var line = reader.next(); line.isPresent(); line = reader.next()) {
                lines.add(JsonRows.write(line.get().remove(TIME_KEYS)));
            }
            return lines;
        }
    }

    @Override
    public void close() {
        rows.close();
    }
}
