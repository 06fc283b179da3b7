package dev.tether.cli.webhook;

import dev.tether.run.InputException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;

/**
 * Where findings are posted. Whoever knows such an address can often post to it, so that it is never printed whole: its
 * path and query are left out of every text, of errors too.
 */
public final class WebhookAddress {
    private static final int MOST_PORT = 65535;

    private final URI uri;

    private WebhookAddress(URI uri) {
        this.uri = uri;
    }

    /**
     * An address that was given by {@code source}, such as {@code --webhook}.
     *
     * @throws InputException where it is not one of http or https with a host; its message does not hold {@code text}
     */
    public static WebhookAddress parse(String source, String text) {
        try {
            URI uri = new URI(text.strip());
            String scheme = uri.getScheme() == null ? "" : uri.getScheme();
            if (!scheme.equalsIgnoreCase("https") && !scheme.equalsIgnoreCase("http")) {
                throw new InputException(source + ": must begin with https:// or http://");
            }
            if (uri.getHost() == null) {
                throw new InputException(source + ": has no host");
            }
            if (uri.getPort() > MOST_PORT) {
                throw new InputException(source + ": has a port above " + MOST_PORT);
            }
            if (uri.getRawUserInfo() != null) {
                throw new InputException(source + ": a name or password before the host is not sent; "
                        + "a webhook's secret belongs into its path or query");
            }
            return new WebhookAddress(uri);
        } catch (URISyntaxException e) {
            // the reason of the exception without its input, which may be a secret, and without it as a cause
            throw new InputException(source + ": is not an address (" + e.getReason() + ")");
        }
    }

    URI uri() {
        return uri;
    }

    /** Whether what is sent can be read on its way: neither encrypted nor to this machine. */
    boolean isReadableOnTheWay() {
        return uri.getScheme().equalsIgnoreCase("http") && !isThisMachine();
    }

    private boolean isThisMachine() {
        try {
            return InetAddress.getByName(uri.getHost()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Scheme, host and port alone. */
    @Override
    public String toString() {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return uri.getScheme() + "://" + uri.getHost() + port + "/…";
    }
}
