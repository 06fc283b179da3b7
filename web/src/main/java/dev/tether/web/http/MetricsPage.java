package dev.tether.web.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.tether.web.follow.RunShelf;
import dev.tether.web.metrics.RunMetrics;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** The runs as Prometheus wants them, in the text format or in OpenMetrics, as the asker prefers. */
final class MetricsPage implements HttpHandler {
    private final RunShelf runs;
    private final ExpositionFormats formats = ExpositionFormats.init();

    MetricsPage(RunShelf runs) {
        this.runs = runs;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestURI().getPath().equals("/metrics")) {
            Reply.text(exchange, 404, "There is no such page.");
            return;
        }
        ExpositionFormatWriter writer =
                formats.findWriter(exchange.getRequestHeaders().getFirst("Accept"));
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        writer.write(page, RunMetrics.of(runs.feeds()));
        Reply.bytes(exchange, 200, writer.getContentType(), page.toByteArray());
    }
}
