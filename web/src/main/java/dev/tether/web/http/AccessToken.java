package dev.tether.web.http;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** What a visitor must know: 128 random bits, or what the user chose; compared in constant time. */
public final class AccessToken {
    private static final int BYTES = 16;
    private static final String BEARER = "Bearer ";
    private static final Pattern CHOSEN = Pattern.compile("[A-Za-z0-9._~+/=-]{16,256}");

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

    /**
     * A new one for programs, which send it as a header and keep no cookies.
     */
    public static AccessToken drawForPrograms() {
        return draw(0);
    }

    /**
     * One that the user chose, for programs.
     *
     * @throws IllegalArgumentException where it is too short to be a secret, or cannot stand in a header
     */
    public static AccessToken chosen(String text) {
        if (!CHOSEN.matcher(text).matches()) {
            throw new IllegalArgumentException("the token has " + text.length()
                    + " characters, must be 16 to 256 of A-Z, a-z, 0-9, '-', '_', '.', '~', '+', '/' and '='");
        }
        return new AccessToken(text, "");
    }

    /** To be shown to whoever started the server, and to nobody else. */
    public String text() {
        return text;
    }

    String cookie() {
        return cookieName + "=" + text + "; Path=/; HttpOnly; SameSite=Strict";
    }

    /** By the header {@code Authorization: Bearer}, which no page of another site can send unasked. */
    boolean isBearer(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        return header != null && header.startsWith(BEARER) && isThis(header.substring(BEARER.length()));
    }

    /** By cookie or by the header {@code Authorization: Bearer}. */
    boolean isShownBy(HttpExchange exchange) {
        if (isBearer(exchange)) {
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
