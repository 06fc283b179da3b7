package dev.tether.web.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.tether.web.follow.RunFeed;
import dev.tether.web.follow.RunShelf;
import dev.tether.web.follow.RunSummary;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Tells each listener (server-sent events) which runs have changed: all of them at first, then those that did, four times
 * a second at most, and a sign of life in between. Every listener holds a thread, so there is a limit on them.
 */
final class EventStream implements HttpHandler {
    private static final long PAUSE_MILLIS = 250;
    private static final long PAUSE_WHILE_READING_MILLIS = 500;

    private final RunShelf runs;
    private final Semaphore seats;
    private final long heartbeatMillis;

    /**
     * A stream.
     *
     * @param listeners at a time
     * @param heartbeatMillis after which silence is broken; a listener that is gone is noticed then
     */
    EventStream(RunShelf runs, int listeners, long heartbeatMillis) {
        this.runs = runs;
        this.seats = new Semaphore(listeners);
        this.heartbeatMillis = heartbeatMillis;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestURI().getPath().equals("/api/events")) {
            Reply.text(exchange, 404, "There is no such question.");
            return;
        }
        if (!seats.tryAcquire()) {
            exchange.getResponseHeaders().set("Retry-After", "10");
            Reply.text(exchange, 503, "Too many pages listen already; ask /api/runs now and then.");
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                tell(out);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            seats.release();
            exchange.close();
        }
    }

    private void tell(OutputStream out) throws IOException, InterruptedException {
        Map<Integer, RunSummary> told = new HashMap<>();
        long seen = -1;
        while (!runs.isClosed()) {
            long now = runs.version();
            List<RunSummary> news = news(told);
            if (!news.isEmpty() || seen < 0) {
                write(out, "event: runs\ndata: " + Json.text(news) + "\n\n");
            } else {
                write(out, ": still here\n\n");
            }
            seen = now;
            Thread.sleep(isReading(news) ? PAUSE_WHILE_READING_MILLIS : PAUSE_MILLIS);
            runs.await(seen, heartbeatMillis);
        }
    }

    private static boolean isReading(List<RunSummary> news) {
        return news.stream().anyMatch(run -> run.state() == RunSummary.State.READING);
    }

    private List<RunSummary> news(Map<Integer, RunSummary> told) {
        List<RunSummary> news = new ArrayList<>();
        for (RunFeed feed : runs.feeds()) {
            RunSummary summary = feed.summary();
            if (!summary.equals(told.put(feed.id(), summary))) {
                news.add(summary);
            }
        }
        return news;
    }

    private static void write(OutputStream out, String event) throws IOException {
        out.write(event.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
