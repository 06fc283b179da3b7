package dev.tether.cli.console;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the command line tells the program that called it. */
public final class ExitCode {
    /** Done. */
    public static final int DONE = 0;
    /** The work was done, and a check of its result failed. */
    public static final int CHECK_FAILED = 1;
    /** The command line, a file or a setting cannot be used. */
    public static final int BAD_INPUT = 2;
    /** Training stopped because it diverged. */
    public static final int DIVERGED = 3;
    /** Another process of the run was lost. */
    public static final int PEER_LOST = 4;
    /** A defect of Tether. */
    public static final int DEFECT = 70;
    /** Stopped by Ctrl-C. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}

    /** For the help of every command. */
    public static Map<String, String> meanings() {
        Map<String, String> meanings = new LinkedHashMap<>();
        meanings.put("  0", "done");
        meanings.put("  1", "finished, but a check failed");
        meanings.put("  2", "bad usage or bad input; nothing was written");
        meanings.put("  3", "training stopped because it diverged");
        meanings.put("  4", "another process of the run was lost");
        meanings.put(" 70", "a defect of Tether");
        meanings.put("130", "stopped by Ctrl-C; what was finished is saved");
        return meanings;
    }
}
