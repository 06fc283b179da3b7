package dev.tether.web.ingest;

import dev.tether.web.Dashboard;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tells a dashboard of runs, rightly or otherwise. */
final class Trainer {
    static final String LINES = "application/x-ndjson";
    static final String JSON = "application/json";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI address;
    private final String token;

    Trainer(Dashboard dashboard, String token) {
        this.address = URI.create("http://127.0.0.1:" + dashboard.address().getPort() + "/");
        this.token = token;
    }

    Trainer withToken(String other) {
        return new Trainer(address, other);
    }

    private Trainer(URI address, String token) {
        this.address = address;
        this.token = token;
    }

    HttpResponse<String> open(String name, String settings) throws IOException {
        return post(
                IngestDoor.RUNS, JSON, "{\"name\": \"" + name + "\", \"steps\": 10, \"settings\": {" + settings + "}}");
    }

    HttpResponse<String> step(String run, String lines) throws IOException {
        return post(IngestDoor.RUNS + "/" + run + "/steps", LINES, lines);
    }

    HttpResponse<String> end(String run, String outcome) throws IOException {
        return post(IngestDoor.RUNS + "/" + run + "/end", JSON, "{\"outcome\": \"" + outcome + "\"}");
    }

    HttpResponse<String> get(String path) throws IOException {
        return send(request(path).GET());
    }

    HttpResponse<String> post(String path, String type, String body, String... headers) throws IOException {
        HttpRequest.Builder request =
                request(path).header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return send(request);
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address.resolve(path)).timeout(PATIENCE);
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static JsonNode json(HttpResponse<String> answer, int status) {
        if (answer.statusCode() != status) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return JsonMapper.shared().readTree(answer.body());
    }

    static String error(HttpResponse<String> answer, int status) {
        return json(answer, status).get("error").asString();
    }

    /** Everything that comes back for these bytes, until the server hangs up; "" where it only hangs up. */
    String raw(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Sends the head of a post at once and then its body byte by byte, until nobody takes it any more; milliseconds. */
    long trickle(String run, int pauseMillis) throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + IngestDoor.RUNS + "/" + run
                            + "/steps HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                            + "\r\nContent-Type: " + LINES + "\r\nContent-Length: 100000\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            trickle(socket, "{\"step\": 1                         ", pauseMillis);
        }
        return (System.nanoTime() - start) / 1_000_000;
    }

    /** As above, with the head of the request: it never ends. */
    long trickleHead(int pauseMillis) throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (Socket socket = connect()) {
            trickle(socket, "POST /api/ingest/runs HTTP/1.1\r\nX-Long: ", pauseMillis);
        }
        return (System.nanoTime() - start) / 1_000_000;
    }

    private static void trickle(Socket socket, String text, int pauseMillis) throws InterruptedException {
        try {
            for (int i = 0; i < 10_000; i++) {
                socket.getOutputStream().write(text.charAt(Math.min(i, text.length() - 1)));
                socket.setSoTimeout(pauseMillis);
                if (hangsUp(socket)) {
                    return;
                }
            }
        } catch (IOException e) {
            return; // nobody takes it any more
        }
        throw new AssertionError("a slow one was never sent away");
    }

    private static boolean hangsUp(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(address.getHost(), address.getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }
}
