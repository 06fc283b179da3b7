package dev.tether.trainer.reward;

import dev.tether.run.InputException;
import dev.tether.trainer.model.StopReason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A reward behind an HTTP address: the whole batch is posted as JSON, {@code {"episodes": [{"prompt", "response", "ended"}]}},
 * and {@code {"scores": [...]}} is expected, one number per episode in order. What may pass (no connection, a timeout, 429, a
 * 5xx) is tried again; what will not (another status, an answer of another form) is refused at once.
 */
final class HttpReward implements RewardModel {
    /** What is waited for, and how often. */
    record Patience(Duration timeout, int attempts, Duration firstPause) {
        static final Patience DEFAULT = new Patience(Duration.ofSeconds(60), 4, Duration.ofSeconds(1));
    }

    private static final int SHOWN = 200;
    private static final int OK = 200;
    private static final int SERVER_ERROR = 500;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final URI address;
    private final Optional<String> token;
    private final Patience patience;
    private final HttpClient client;

    /** @param token sent as {@code Authorization: Bearer} */
    HttpReward(URI address, Optional<String> token, Patience patience) {
        this.address = address;
        this.token = token;
        this.patience = patience;
        this.client = HttpClient.newBuilder().connectTimeout(patience.timeout()).build();
    }

    @Override
    public double[] score(List<Episode> episodes) {
        HttpRequest request = request(body(episodes));
        Duration pause = patience.firstPause();
        String last = "";
        for (int attempt = 1; attempt <= patience.attempts(); attempt++) {
            if (attempt > 1) {
                sleep(pause);
                pause = pause.multipliedBy(2);
            }
            try {
                HttpResponse<byte[]> answer = answer(request);
                if (answer.statusCode() == OK) {
                    return scores(answer.body(), episodes.size());
                }
                last = "it answered " + answer.statusCode() + ": " + shown(answer.body());
                if (answer.statusCode() < SERVER_ERROR && answer.statusCode() != TOO_MANY_REQUESTS) {
                    throw refusal(last);
                }
            } catch (IOException e) {
                last = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            }
        }
        throw refusal(patience.attempts() + " attempts failed, the last because " + last);
    }

    /** The whole answer in time: the client's own time-out ends with the first byte. */
    private HttpResponse<byte[]> answer(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> coming =
                client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
        try {
            return coming.get(patience.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException(
                    "there was no answer within " + patience.timeout().toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ConnectException
                    ? new IOException("nobody answers there", e)
                    : new IOException(String.valueOf(e.getCause().getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refusal("interrupted");
        } finally {
            coming.cancel(true);
        }
    }

    private HttpRequest request(byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return request.build();
    }

    private static byte[] body(List<Episode> episodes) {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode rows = root.putArray("episodes");
        for (Episode episode : episodes) {
            rows.addObject()
                    .put("prompt", episode.prompt())
                    .put("response", episode.response())
                    .put("ended", episode.stopReason() == StopReason.ENDED);
        }
        return JSON.writeValueAsBytes(root);
    }

    private double[] scores(byte[] bytes, int count) {
        JsonNode scores;
        try {
            scores = JSON.readTree(bytes).path("scores");
        } catch (JacksonException e) {
            throw refusal("its answer is no JSON: " + shown(bytes));
        }
        if (!scores.isArray() || scores.size() != count) {
            throw refusal("its answer must hold \"scores\", an array of " + count + " numbers, but is " + shown(bytes));
        }
        double[] values = new double[count];
        for (int b = 0; b < count; b++) {
            if (!scores.get(b).isNumber()) {
                throw refusal("scores[" + b + "] = " + scores.get(b) + ", must be a number");
            }
            values[b] = scores.get(b).doubleValue();
        }
        return values;
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String shown(byte[] bytes) {
        String text = new String(bytes, 0, Math.min(bytes.length, SHOWN), StandardCharsets.UTF_8)
                .replaceAll("\\p{Cntrl}+", " ")
                .strip();
        return text.isEmpty() ? "nothing" : text + (bytes.length > SHOWN ? "…" : "");
    }

    /** Without user information and query, which may be secrets. */
    private InputException refusal(String reason) {
        return new InputException("reward " + address.getScheme() + "://" + address.getHost() + port()
                + address.getPath() + ": " + reason);
    }

    private String port() {
        return address.getPort() < 0 ? "" : ":" + address.getPort();
    }
}
