package dev.tether.web.ingest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.tether.run.InputException;
import dev.tether.run.ingest.IngestAnswer;
import dev.tether.run.ingest.IngestConflictException;
import dev.tether.run.ingest.IngestDesk;
import dev.tether.run.ingest.IngestedStep;
import dev.tether.run.ingest.NoSuchIngestException;
import dev.tether.run.journal.RunEnd;
import dev.tether.web.http.Json;
import dev.tether.web.http.Reply;
import dev.tether.web.http.WriteGuard;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;

/** Takes in what other trainers tell, as docs/ingest.md describes. */
public final class IngestDoor implements HttpHandler {
    /** Below it every run has its address. */
    public static final String RUNS = "/api/ingest/runs";

    private static final Logger LOG = System.getLogger(IngestDoor.class.getName());
    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";
    /** Of everything but a step. */
    private static final int SMALL = 1 << 16;

    private final IngestDesk desk;
    private final IngestLimits limits;
    private final Admission admission;

    private IngestDoor(IngestDesk desk, IngestLimits limits) {
        this.desk = desk;
        this.limits = limits;
        this.admission = new Admission(limits);
    }

    /** Hangs it into a server, behind its guard. */
    public static void hang(HttpServer server, WriteGuard guard, IngestDesk desk, IngestLimits limits) {
        server.createContext("/api/ingest/", new IngestDoor(desk, limits))
                .getFilters()
                .add(guard);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try {
            answer(exchange);
        } catch (RefusedPostException e) {
            refuse(exchange, e.status(), e.getMessage(), e.line());
        } catch (NoSuchIngestException e) {
            refuse(exchange, 404, e.getMessage(), 0);
        } catch (IngestConflictException e) {
            refuse(exchange, 409, e.getMessage(), 0);
        } catch (IllegalArgumentException e) {
            refuse(exchange, RefusedPostException.BAD, e.getMessage(), 0);
        } catch (RejectedExecutionException e) {
            busy(exchange, e.getMessage());
        } catch (InputException e) {
            LOG.log(Level.ERROR, e.getMessage());
            refuse(exchange, 507, e.getMessage(), 0);
        } catch (IOException e) {
            exchange.close(); // whoever told it is gone, or took too long
        } catch (OutOfMemoryError e) {
            busy(exchange, "not enough memory for this post now");
        } catch (RuntimeException | AssertionError e) {
            LOG.log(Level.ERROR, "a defect while taking in " + exchange.getRequestURI(), e);
            refuse(exchange, 500, "a defect of tether serve; its terminal says more", 0);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        String[] words =
                path.startsWith(RUNS + "/") ? path.substring(RUNS.length() + 1).split("/", -1) : new String[0];
        if (path.equals(RUNS)) {
            require(exchange, "POST", JSON);
            open(exchange);
        } else if (words.length == 1) {
            require(exchange, "GET", "");
            Reply.json(exchange, Json.bytes((Object) desk.state(words[0])));
        } else if (words.length == 2 && words[1].equals("steps")) {
            require(exchange, "POST", LINES);
            step(exchange, words[0]);
        } else if (words.length == 2 && words[1].equals("end")) {
            require(exchange, "POST", JSON);
            RunEnd.Outcome outcome = PostedOpening.readOutcome(small(exchange));
            Reply.json(exchange, Json.bytes((Object) desk.end(words[0], outcome)));
        } else {
            throw new RefusedPostException(404, 0, "there is no such place; runs are told at " + RUNS);
        }
    }

    private void open(HttpExchange exchange) throws IOException {
        PostedOpening posted = PostedOpening.read(small(exchange));
        IngestDesk.Opening opening = desk.openRun(posted.name(), posted.plan(), posted.afterStep());
        Reply.json(exchange, opening.isNew() ? 201 : 200, Json.bytes((Object) opening.state()));
    }

    private void step(HttpExchange exchange, String run) throws IOException {
        long length = length(exchange);
        if (length > limits.bodyBytes()) {
            throw new RefusedPostException(
                    RefusedPostException.TOO_LARGE,
                    0,
                    "the body has " + length + " bytes, must have " + limits.bodyBytes() + " at most");
        }
        desk.state(run); // nothing is read for a run that is not there
        Admission.Place place = admission.enter(length);
        try {
            IngestedStep step = PostedStep.read(exchange.getRequestBody(), length, limits);
            IngestAnswer answer = desk.take(run, step);
            Reply.json(exchange, Json.bytes((Object) answer));
        } finally {
            place.leave();
        }
    }

    private static void require(HttpExchange exchange, String method, String type) {
        if (!exchange.getRequestMethod().equals(method)) {
            exchange.getResponseHeaders().set("Allow", method);
            throw new RefusedPostException(405, 0, "only " + method + " is answered here");
        }
        String found = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Type"))
                .orElse("");
        if (!type.isEmpty() && !found.split(";", 2)[0].strip().equalsIgnoreCase(type)) {
            throw new RefusedPostException(415, 0, "Content-Type = \"" + found + "\", must be " + type);
        }
    }

    private static byte[] small(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(SMALL + 1);
        if (body.length > SMALL) {
            throw new RefusedPostException(
                    RefusedPostException.TOO_LARGE, 0, "the body is longer than " + SMALL + " bytes, its limit here");
        }
        return body;
    }

    private static long length(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Content-Length");
        return header == null ? -1 : Long.parseLong(header);
    }

    private void busy(HttpExchange exchange, String message) throws IOException {
        exchange.getResponseHeaders().set("Retry-After", "1");
        refuse(exchange, 503, message, 0);
    }

    private void refuse(HttpExchange exchange, int status, String message, int line) throws IOException {
        readOn(exchange);
        if (exchange.getResponseCode() != -1) {
            exchange.close();
            return;
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("error", message);
        if (line > 0) {
            answer.put("line", line);
        }
        Reply.json(exchange, status, Json.bytes((Object) answer));
    }

    /** Whoever still writes does not read: an answer arrives where the rest of the body is taken, within limits. */
    private void readOn(HttpExchange exchange) {
        if (length(exchange) > 2L * limits.bodyBytes()) {
            return;
        }
        try {
            InputStream rest = exchange.getRequestBody();
            byte[] block = new byte[SMALL];
            long read = 0;
            for (int n = rest.read(block); n > 0 && read < limits.bodyBytes() * 2L; n = rest.read(block)) {
                read += n;
            }
        } catch (IOException e) {
            // then there is nobody to answer, which the answer will find
        }
    }
}
