package dev.tether.web.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Map;

/**
 * Who may tell something, before anything of it is read: only under names that this server goes by; no browser, whatever
 * page it shows; and always with the token in a header, from this machine too. Each of the three alone keeps out a page
 * that posts behind its reader's back: a browser names the page's origin, and sends neither that header nor JSON unless
 * this server allowed it to, which it never does.
 */
public final class WriteGuard extends Filter {
    private final HostNames names;
    private final AccessToken token;

    public WriteGuard(HostNames names, AccessToken token) {
        this.names = names;
        this.token = token;
    }

    @Override
    public String description() {
        return "host, browsers and token";
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        Guard.protect(exchange.getResponseHeaders());
        if (!names.contains(Guard.one(exchange, "Host"))) {
            refuse(exchange, 421, "this server does not go by that name; use the address that tether serve printed");
        } else if (isBrowser(exchange)) {
            refuse(exchange, 403, "not for web pages: runs are told by programs, without an Origin");
        } else if (!token.isBearer(exchange)) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            refuse(
                    exchange,
                    401,
                    "telling a run needs the token of tether serve --ingest, as the header"
                            + " \"Authorization: Bearer TOKEN\"");
        } else {
            chain.doFilter(exchange);
        }
    }

    private static boolean isBrowser(HttpExchange exchange) {
        return exchange.getRequestHeaders().containsKey("Origin")
                || exchange.getRequestHeaders().containsKey("Sec-Fetch-Site");
    }

    private static void refuse(HttpExchange exchange, int status, String error) throws IOException {
        Reply.json(exchange, status, Json.bytes((Object) Map.of("error", error)));
    }
}
