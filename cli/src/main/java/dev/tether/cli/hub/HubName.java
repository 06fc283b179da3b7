package dev.tether.cli.hub;

import dev.tether.run.InputException;
import java.util.regex.Pattern;

/**
 * A model on a hub: {@code hf:org/name} or {@code hf:org/name@revision}.
 *
 * @param repository {@code org/name}, or the name alone of the oldest models
 * @param revision a branch, a tag or a commit
 */
public record HubName(String repository, String revision) {
    /** How such a name begins. */
    public static final String PREFIX = "hf:";

    private static final String MAIN = "main";
    /** Letters, digits and single signs between them: nothing that could leave a directory or an address. */
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_]|[.-](?=[A-Za-z0-9_]))*");

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final int LONGEST = 96;

    /** Whether {@code name} means a model on a hub. */
    public static boolean isOne(String name) {
        return name.startsWith(PREFIX);
    }

    /** @throws InputException when that is no such name */
    public static HubName parse(String name) {
        String rest = name.substring(PREFIX.length());
        int at = rest.indexOf('@');
        String repository = at < 0 ? rest : rest.substring(0, at);
        String revision = at < 0 ? MAIN : rest.substring(at + 1);
        if (!areParts(repository, 2)) {
            throw new InputException("model " + name + ": must be hf:org/name or hf:org/name@revision");
        }
        if (!areParts(revision, 8)) {
            throw new InputException(
                    "model " + name + ": the revision \"" + revision + "\" is no name of a branch, tag or commit");
        }
        return new HubName(repository, revision);
    }

    private static boolean areParts(String text, int most) {
        String[] parts = text.split("/", -1);
        if (text.length() > LONGEST || parts.length > most) {
            return false;
        }
        for (String part : parts) {
            if (!PART.matcher(part).matches()) {
                return false;
            }
        }
        return true;
    }

    /** Whether the revision says exactly which files are meant, so that nobody need be asked. */
    boolean isCommit() {
        return isCommit(revision);
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /** What its folder in the cache is called. */
    String folder() {
        return "models--" + repository.replace("/", "--");
    }

    /** As the user writes it. */
    @Override
    public String toString() {
        return PREFIX + repository + (revision.equals(MAIN) ? "" : "@" + revision);
    }
}
