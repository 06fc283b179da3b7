package dev.tether.cli.webhook;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Posts one text until it is taken, or for as often as it is worth. */
final class Delivery {
    private static final int OK = 200;
    private static final int REDIRECT = 300;
    private static final int SERVER_ERROR = 500;
    /** Request timeout, too early, too many requests: the same may be taken later. */
    private static final Set<Integer> LATER = Set.of(408, 425, 429);

    private final HttpClient client;
    private final WebhookAddress address;
    private final Patience patience;

    /** Why an attempt came to nothing. */
    private record Refusal(String why, boolean isFinal) {}

    Delivery(WebhookAddress address, Patience patience) {
        this.address = address;
        this.patience = patience;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience.answer())
                .build();
    }

    /** Empty where {@code json} was taken; otherwise why not. */
    Optional<String> deliver(byte[] json) throws InterruptedException {
        long pause = patience.pause().toMillis();
        for (int attempt = 1; ; attempt++) {
            Optional<Refusal> refusal = attempt(json);
            if (refusal.isEmpty() || refusal.get().isFinal() || attempt == patience.attempts()) {
                return refusal.map(Refusal::why);
            }
            Thread.sleep(pause);
            pause *= 2;
        }
    }

    private Optional<Refusal> attempt(byte[] json) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.uri())
                .header("Content-Type", "application/json")
                .header("User-Agent", "tether")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json))
                .build();
        // not the timeout of the request, which ends with the headers: a body may drip for ever
        CompletableFuture<HttpResponse<Void>> answer =
                client.sendAsync(request, HttpResponse.BodyHandlers.discarding());
        try {
            int status = answer.get(patience.answer().toMillis(), TimeUnit.MILLISECONDS)
                    .statusCode();
            boolean isTaken = status >= OK && status < REDIRECT;
            boolean mayBeTakenLater = status >= SERVER_ERROR || LATER.contains(status);
            return isTaken ? Optional.empty() : Optional.of(new Refusal("status " + status, !mayBeTakenLater));
        } catch (TimeoutException e) {
            return Optional.of(
                    new Refusal("no answer within " + patience.answer().toSeconds() + " s", false));
        } catch (ExecutionException e) {
            // the kind of failure alone: a message may hold the address
            String why = e.getCause() instanceof IOException
                    ? "no connection (" + e.getCause().getClass().getSimpleName() + ")"
                    : e.getCause().getClass().getSimpleName();
            return Optional.of(new Refusal(why, false));
        } finally {
            answer.cancel(true);
        }
    }
}
