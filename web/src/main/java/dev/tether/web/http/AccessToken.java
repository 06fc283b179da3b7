package dev.tether.web.http;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/** What a visitor from another machine must know: 128 random bits, compared in constant time. */
public final class AccessToken {
    private static final int BYTES = 16;
    private static final String BEARER = "Bearer ";

    private final String text;
    private final String cookieName;

    private AccessToken(String text, String cookieName) {
        this.text = text;
        this.cookieName = cookieName;
    }

    /** A new one; cookies know no ports, so their name tells two servers of one machine apart. */
    public static AccessToken draw(int port) {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return new AccessToken(text, "tether_" + port);
    }

    /** To be shown to whoever started the server, and to nobody else. */
    public String text() {
        return text;
    }

    String cookie() {
        return cookieName + "=" + text + "; Path=/; HttpOnly; SameSite=Strict";
    }

    /** By cookie or by the header {@code Authorization: Bearer}. */
    boolean isShownBy(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        if (header != null && header.startsWith(BEARER) && isThis(header.substring(BEARER.length()))) {
            return true;
        }
        List<String> lines = exchange.getRequestHeaders().getOrDefault("Cookie", List.of());
        return lines.stream()
                .flatMap(line -> List.of(line.split(";")).stream())
                .map(String::strip)
                .filter(pair -> pair.startsWith(cookieName + "="))
                .anyMatch(pair -> isThis(pair.substring(cookieName.length() + 1)));
    }

    /** In the address of the page, as it was printed. */
    boolean isInAddress(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().equals("/")
                && isThis(Query.of(exchange).text("token", ""));
    }

    private boolean isThis(String shown) {
        return MessageDigest.isEqual(text.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
    }
}
