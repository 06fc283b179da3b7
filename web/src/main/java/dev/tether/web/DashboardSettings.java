package dev.tether.web;

import java.nio.file.Path;
import java.util.List;

/**
 * What is to be shown, and where.
 *
 * @param runs run directories, and directories of run directories
 * @param host name or address to listen at; on any but this machine's own a token is asked for
 * @param port to listen at; 0 = any that is free
 * @param listeners pages that are kept up to date at a time
 * @param heartbeatMillis between signs of life to them
 */
public record DashboardSettings(List<Path> runs, String host, int port, int listeners, long heartbeatMillis) {
    public static final String LOOPBACK = "127.0.0.1";
    public static final int PORT = 7878;
    private static final int LISTENERS = 16;
    private static final long HEARTBEAT_MILLIS = 15_000;
    private static final int HIGHEST_PORT = 65_535;

    public DashboardSettings {
        runs = List.copyOf(runs);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("runs = [], must be at least one");
        }
        if (port < 0 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException("port = " + port + ", must be from 0 to " + HIGHEST_PORT);
        }
        if (listeners < 1) {
            throw new IllegalArgumentException("listeners = " + listeners + ", must be >= 1");
        }
    }

    /** For sixteen pages. */
    public static DashboardSettings of(List<Path> runs, String host, int port) {
        return new DashboardSettings(runs, host, port, LISTENERS, HEARTBEAT_MILLIS);
    }
}
