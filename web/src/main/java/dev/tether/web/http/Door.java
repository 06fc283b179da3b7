package dev.tether.web.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.tether.web.follow.RunShelf;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/** Everything that the server answers, behind one guard. */
public final class Door implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Door.class.getName());

    private final Api api;

    private Door(Api api) {
        this.api = api;
    }

    /**
     * Hangs the page, its questions and its events into a server.
     *
     * @param listeners of events at a time, each of which holds a thread
     * @param heartbeatMillis between signs of life to them
     */
    public static Door hang(HttpServer server, Guard guard, RunShelf runs, int listeners, long heartbeatMillis) {
        Api api = new Api(runs);
        HttpHandler events = new EventStream(runs, listeners, heartbeatMillis);
        for (var context : List.of(
                server.createContext("/", told(new Pages())),
                server.createContext("/api/", told(api)),
                server.createContext("/api/events", told(events)),
                server.createContext("/metrics", told(new MetricsPage(runs))))) {
            context.getFilters().add(guard);
        }
        return new Door(api);
    }

    /** A defect is told to the log and, in a word, to the visitor; not by a connection that just ends. */
    private static HttpHandler told(HttpHandler handler) {
        return exchange -> {
            try {
                handler.handle(exchange);
            } catch (RuntimeException | AssertionError e) {
                LOG.log(
                        Level.ERROR,
                        "a defect while answering " + exchange.getRequestURI().getPath(),
                        e);
                answer(exchange);
            }
        };
    }

    private static void answer(HttpExchange exchange) throws IOException {
        if (exchange.getResponseCode() == -1) {
            Reply.text(exchange, 500, "A defect of tether serve; its terminal says more.");
        } else {
            exchange.close();
        }
    }

    @Override
    public void close() {
        api.close();
    }
}
