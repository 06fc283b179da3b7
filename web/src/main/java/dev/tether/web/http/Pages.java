package dev.tether.web.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** The files of the page: these and no others, by their whole path, out of the jar. */
final class Pages implements HttpHandler {
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("index.html", "text/html; charset=utf-8"),
            Map.entry("favicon.svg", "image/svg+xml"),
            Map.entry("theme.js", SCRIPT),
            Map.entry("app.js", SCRIPT),
            Map.entry("charts.js", SCRIPT),
            Map.entry("phase.js", SCRIPT),
            Map.entry("data.js", SCRIPT),
            Map.entry("runs.js", SCRIPT),
            Map.entry("findings.js", SCRIPT),
            Map.entry("samples.js", SCRIPT),
            Map.entry("words.js", SCRIPT),
            Map.entry("page.css", STYLE),
            Map.entry("uplot/uPlot.iife.min.js", SCRIPT),
            Map.entry("uplot/uPlot.min.css", STYLE),
            Map.entry("uplot/LICENSE", "text/plain; charset=utf-8"));

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String name = path.equals("/") ? "index.html" : path.substring(1);
        String type = TYPES.get(name);
        if (type == null) {
            Reply.text(exchange, 404, "There is no such page.");
            return;
        }
        try (InputStream file = Pages.class.getResourceAsStream("/dev/tether/web/page/" + name)) {
            if (file == null) {
                throw new AssertionError(name + " is part of this jar");
            }
            Reply.bytes(exchange, 200, type, file.readAllBytes());
        }
    }
}
