package dev.tether.cli.serve;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.web.http.AccessToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What trainers must show, and what is said of it on the terminal: a token that the user chose stays unsaid.
 *
 * @param token itself
 * @param shown in its place
 */
record IngestToken(AccessToken token, String shown) {
    static final String VARIABLE = "TETHER_INGEST_TOKEN";

    /** From the file, else from the environment, else a new one. */
    static IngestToken find(Path file, Map<String, String> environment) {
        if (file != null) {
            return chosen(read(file).strip(), file.toString());
        }
        String variable = environment.get(VARIABLE);
        if (variable != null) {
            return chosen(variable.strip(), VARIABLE);
        }
        AccessToken drawn = AccessToken.drawForPrograms();
        return new IngestToken(drawn, drawn.text());
    }

    private static IngestToken chosen(String text, String place) {
        try {
            return new IngestToken(AccessToken.chosen(text), "of " + place);
        } catch (IllegalArgumentException e) {
            throw new InputException(place + ": " + e.getMessage(), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }
}
