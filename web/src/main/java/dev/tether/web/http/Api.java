package dev.tether.web.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.tether.run.InputException;
import dev.tether.web.follow.Notice;
import dev.tether.web.follow.RunFeed;
import dev.tether.web.follow.RunShelf;
import dev.tether.web.samples.SampleDesk;
import dev.tether.web.samples.SampleOrder;
import dev.tether.web.samples.SampleQuestion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the page asks for, as JSON: docs/serve.md describes each answer. */
final class Api implements HttpHandler {
    private static final int MOST_SAMPLES = 200;
    private static final int USUAL_SAMPLES = 50;

    private final RunShelf runs;
    private final Map<Integer, SampleDesk> desks = new ConcurrentHashMap<>();

    /** A notice with the run that it is about. */
    record RunNotice(int run, Notice notice) {}

    /** Whom an answer is about, and the answer. */
    record RunSamples(int run, Object answer) {}

    Api(RunShelf runs) {
        this.runs = runs;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try {
            Query query = Query.of(exchange);
            switch (exchange.getRequestURI().getPath()) {
                case "/api/runs" -> Reply.json(exchange, summaries());
                case "/api/series" -> Reply.json(exchange, SeriesAnswer.of(chosen(query), query));
                case "/api/findings" -> Reply.json(exchange, findings(query));
                case "/api/samples" -> Reply.json(exchange, samples(query));
                default -> Reply.text(exchange, 404, "There is no such question.");
            }
        } catch (NoSuchRunException e) {
            Reply.text(exchange, 404, e.getMessage());
        } catch (IllegalArgumentException e) {
            Reply.text(exchange, 400, e.getMessage());
        } catch (InputException e) {
            Reply.text(exchange, 500, e.getMessage());
        }
    }

    /** A number that no run has. */
    private static final class NoSuchRunException extends RuntimeException {
        private static final long serialVersionUID = 1;

        NoSuchRunException(String id) {
            super("run = \"" + id + "\": there is no such run");
        }
    }

    private byte[] summaries() {
        return Json.bytes((Object) runs.feeds().stream().map(RunFeed::summary).toList());
    }

    private byte[] findings(Query query) {
        List<RunNotice> all = new ArrayList<>();
        for (RunFeed feed : chosen(query)) {
            feed.notices().forEach(notice -> all.add(new RunNotice(feed.id(), notice)));
        }
        return Json.bytes((Object) all);
    }

    private byte[] samples(Query query) {
        RunFeed feed = feed(query.text("run", "0"));
        SampleQuestion question = new SampleQuestion(
                SampleOrder.ofWord(query.text("order", "newest"))
                        .orElseThrow(() -> new IllegalArgumentException("order = \"" + query.text("order", "")
                                + "\", must be newest, oldest, highest_score, lowest_score, highest_kl or lowest_kl")),
                query.text("text", ""),
                query.number("from", 0, 0, Long.MAX_VALUE),
                query.number("to", Long.MAX_VALUE, 0, Long.MAX_VALUE),
                (int) query.number("offset", 0, 0, Integer.MAX_VALUE),
                (int) query.number("limit", USUAL_SAMPLES, 1, MOST_SAMPLES));
        SampleDesk desk = desks.computeIfAbsent(feed.id(), id -> new SampleDesk(feed.directory()));
        return Json.bytes((Object) new RunSamples(feed.id(), desk.answer(question)));
    }

    /** All runs, where none are named. */
    private List<RunFeed> chosen(Query query) {
        List<String> ids = query.words("runs");
        return ids.isEmpty() ? runs.feeds() : ids.stream().map(this::feed).toList();
    }

    private RunFeed feed(String id) {
        try {
            return runs.feed(Integer.parseInt(id)).orElseThrow(() -> new NoSuchRunException(id));
        } catch (NumberFormatException e) {
            throw new NoSuchRunException(id);
        }
    }

    void close() {
        desks.values().forEach(SampleDesk::close);
    }
}
