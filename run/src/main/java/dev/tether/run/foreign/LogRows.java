package dev.tether.run.foreign;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The rows of a log of another trainer: JSON lines, or comma-, semicolon- or tab-separated values under a header. */
public final class LogRows {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final Path file;

    private LogRows(Path file) {
        this.file = file;
    }

    /**
     * All rows.
     *
     * @throws InputException where the file cannot be read, is empty or has a line that is no row
     */
    public static List<LogRow> read(Path file) {
        return new LogRows(file).rows();
    }

    private List<LogRow> rows() {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            List<String> lines = reader.lines().toList();
            Optional<String> first =
                    lines.stream().filter(line -> !line.isBlank()).findFirst();
            if (first.isEmpty()) {
                throw new InputException(file + " is empty");
            }
            return first.get().stripLeading().startsWith("{") ? jsonLines(lines) : separated(lines);
        } catch (UncheckedIOException e) {
            throw unreadable(e.getCause());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private InputException unreadable(IOException e) {
        return e instanceof CharacterCodingException
                ? new InputException(file + " is not UTF-8 text", e)
                : new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
    }

    private List<LogRow> jsonLines(List<String> lines) {
        List<LogRow> rows = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                String place = file + " line " + (i + 1);
                rows.add(LogRow.of(place, json(place, lines.get(i))));
            }
        }
        return rows;
    }

    private static JsonNode json(String place, String line) {
        try {
            JsonNode row = JSON.readTree(line);
            if (row.isObject()) {
                return row;
            }
        } catch (JacksonException e) {
            throw new InputException(place + " is not JSON: " + e.getOriginalMessage(), e);
        }
        throw new InputException(place + " must be a JSON object such as {\"step\": 1, \"kl\": 0.2}");
    }

    private List<LogRow> separated(List<String> lines) {
        int top = 0;
        while (lines.get(top).isBlank()) {
            top++;
        }
        String head = lines.get(top);
        char separator = Stream.of('\t', ';')
                .filter(each -> head.indexOf(each) >= 0)
                .findFirst()
                .orElse(',');
        List<String> header = LogRow.split(head, separator);
        List<LogRow> rows = new ArrayList<>();
        for (int i = top + 1; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                rows.add(LogRow.of(file + " line " + (i + 1), header, LogRow.split(lines.get(i), separator)));
            }
        }
        if (rows.isEmpty()) {
            throw new InputException(file + " has a header and no row");
        }
        return rows;
    }
}
