package dev.tether.cli.hub;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/** Which addresses may be followed, and which may see the token. */
record HubAddress(URI endpoint) {
    /** Whether a redirect to {@code target} may be followed: encrypted, or to the host that the user named. */
    boolean mayFollow(URI target) {
        return "https".equalsIgnoreCase(target.getScheme())
                || ("http".equalsIgnoreCase(target.getScheme())
                        && "http".equalsIgnoreCase(endpoint.getScheme())
                        && endpoint.getHost().equalsIgnoreCase(target.getHost()));
    }

    /** Whether {@code target} is the very server that the token belongs to, reached in a way that nobody can listen to. */
    boolean mayKnowToken(URI target) {
        return endpoint.getScheme().equalsIgnoreCase(target.getScheme())
                && endpoint.getHost().equalsIgnoreCase(target.getHost())
                && port(endpoint) == port(target)
                && (endpoint.getScheme().equalsIgnoreCase("https") || isThisMachine());
    }

    private boolean isThisMachine() {
        try {
            return InetAddress.getByName(endpoint.getHost()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    /** Scheme, host and port: paths of signed addresses are secrets. */
    static String shown(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }
}
