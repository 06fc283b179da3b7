package dev.tether.web.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a server is called in the Host header. A page that a foreign name was pointed at this server by would send that
 * name; an address in digits cannot be pointed elsewhere. Ports may differ: a tunnel has its own.
 */
public final class HostNames {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");
    private static final Pattern DIGITS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.%]+]");

    private final boolean isLoopback;
    private final Set<String> names;

    private HostNames(boolean isLoopback, Set<String> names) {
        this.isLoopback = isLoopback;
        this.names = names;
    }

    /**
     * Of a server.
     *
     * @param address that it listens at
     * @param name that it was asked to listen at
     */
    public static HostNames of(InetAddress address, String name) {
        Set<String> names = new HashSet<>(LOOPBACK);
        names.add(name.toLowerCase(Locale.ROOT));
        if (!address.isLoopbackAddress()) {
            addNameOfMachine(names);
        }
        return new HostNames(address.isLoopbackAddress(), Set.copyOf(names));
    }

    private static void addNameOfMachine(Set<String> names) {
        try {
            names.add(InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT));
        } catch (UnknownHostException e) {
            // then it is reached by its address
        }
    }

    /** Whether the header names this server. */
    public boolean contains(String header) {
        String host = PORT.matcher(header.toLowerCase(Locale.ROOT)).replaceFirst("");
        return names.contains(host) || (!isLoopback && DIGITS.matcher(host).matches());
    }
}
