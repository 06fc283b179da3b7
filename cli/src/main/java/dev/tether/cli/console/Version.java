package dev.tether.cli.console;

import picocli.CommandLine.IVersionProvider;

/** The version of Tether and what it runs on. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"tether " + number() + " (Java " + Runtime.version() + ", " + platform() + ")"};
    }

    /** The version as the build wrote it into the jar; "development" when run from class files. */
    public static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** Operating system and processor family. */
    public static String platform() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }
}
