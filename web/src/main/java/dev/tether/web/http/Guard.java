package dev.tether.web.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Who may ask what, before anything is looked at: only GET; only under names that this server goes by, so that no foreign
 * name can be pointed at it (DNS rebinding); not from pages of other sites; with the token, where there is one.
 */
public final class Guard extends Filter {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private final HostNames names;
    private final Optional<AccessToken> token;

    public Guard(HostNames names, Optional<AccessToken> token) {
        this.names = names;
        this.token = token;
    }

    @Override
    public String description() {
        return "method, host, origin and token";
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        protect(exchange.getResponseHeaders());
        if (!exchange.getRequestMethod().equals("GET")) {
            exchange.getResponseHeaders().set("Allow", "GET");
            Reply.text(exchange, 405, "Only GET: this page changes nothing.");
        } else if (!names.contains(one(exchange, "Host"))) {
            Reply.text(
                    exchange, 421, "This server does not go by that name; open the address that tether serve printed.");
        } else if (isForeign(exchange)) {
            Reply.text(exchange, 403, "Not for pages of other sites.");
        } else if (token.isPresent() && !token.get().isShownBy(exchange)) {
            admit(exchange, token.get());
        } else {
            chain.doFilter(exchange);
        }
    }

    /** The address with the token in it opens the door once: it becomes a cookie, and leaves the address bar. */
    private static void admit(HttpExchange exchange, AccessToken token) throws IOException {
        if (token.isInAddress(exchange)) {
            exchange.getResponseHeaders().set("Set-Cookie", token.cookie());
            exchange.getResponseHeaders().set("Location", "/");
            Reply.text(exchange, 303, "");
        } else {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            Reply.text(exchange, 401, "This page needs its token: open the address that tether serve printed.");
        }
    }

    static void protect(Headers headers) {
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cache-Control", "no-store");
    }

    private boolean isForeign(HttpExchange exchange) {
        String site = one(exchange, "Sec-Fetch-Site");
        boolean isPage = one(exchange, "Sec-Fetch-Mode").equals("navigate");
        if (!isPage && (site.equals("cross-site") || site.equals("same-site"))) {
            return true;
        }
        String origin = one(exchange, "Origin");
        return !origin.isEmpty() && !origin.replaceFirst("^https?://", "").equals(one(exchange, "Host"));
    }

    /** The header, empty where it is absent or there are several. */
    static String one(HttpExchange exchange, String header) {
        List<String> values = exchange.getRequestHeaders().get(header);
        return values == null || values.size() != 1 ? "" : values.get(0);
    }
}
