package dev.tether.web.ingest;

import dev.tether.web.http.AccessToken;
import java.nio.file.Path;

/**
 * That runs of other trainers are taken in, and how.
 *
 * @param directory of runs; new ones are made in it
 * @param token that a trainer must show
 * @param limits on what it may send
 */
public record IngestSettings(Path directory, AccessToken token, IngestLimits limits) {}
