package dev.tether.cli.hub;

import dev.tether.run.InputException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Asks a hub, and follows where it sends to: to encrypted addresses or the hub's own host alone, and the token goes to no other
 * server than the hub.
 */
final class HubWeb {
    private static final int MOST_REDIRECTS = 5;
    private static final int FIRST_REDIRECT = 300;
    private static final int NOT_MODIFIED = 304;
    private static final int FIRST_ERROR = 400;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int FIRST_SERVER_ERROR = 500;
    private static final long LOOK_MILLIS = 200;

    private final HubSettings settings;
    private final HubAddress address;
    private final HubPatience patience;
    private final HttpClient client;

    HubWeb(HubSettings settings, HubPatience patience) {
        this.settings = settings;
        this.address = new HubAddress(settings.endpoint());
        this.patience = patience;
        this.client = HttpClient.newBuilder()
                .connectTimeout(patience.silence())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** The hub asks to come back later. */
    static final class BusyException extends IOException {
        private static final long serialVersionUID = 1;
        private final transient Optional<Duration> pause;

        BusyException(String message, Optional<Duration> pause) {
            super(message);
            this.pause = pause;
        }

        /** How long it wants to be left alone, where it says so. */
        Optional<Duration> pause() {
            return pause;
        }
    }

    /**
     * What is asked.
     *
     * @param what for messages, such as {@code hf:org/name}
     */
    record Question(String what, String method, URI uri, Map<String, String> headers) {}

    /**
     * The answer, behind all redirects; any status below 400, or 416.
     *
     * @param arrived how many bytes came so far: where it stands still for too long, the connection is given up
     * @throws IOException when it may go better another time
     * @throws InputException when it will not
     */
    <T> HttpResponse<T> ask(Question question, HttpResponse.BodyHandler<T> body, LongSupplier arrived)
            throws IOException {
        URI target = question.uri();
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            HttpResponse<T> answer = answer(request(question, target), body, arrived);
            int status = answer.statusCode();
            if (status < FIRST_REDIRECT || status == NOT_MODIFIED || status == HubDownload.RANGE_NOT_SATISFIABLE) {
                return answer;
            }
            if (status >= FIRST_ERROR) {
                throw refusal(question.what(), answer, target);
            }
            URI next = next(question.what(), target, answer);
            if (question.method().equals("HEAD") && !address.mayKnowToken(next)) {
                return answer;
            }
            target = next;
        }
        throw new InputException(question.what() + ": more than " + MOST_REDIRECTS + " redirects");
    }

    private HttpRequest request(Question question, URI target) {
        HttpRequest.Builder request = HttpRequest.newBuilder(target)
                .header("User-Agent", "tether")
                .method(question.method(), HttpRequest.BodyPublishers.noBody());
        question.headers().forEach(request::header);
        settings.token()
                .filter(token -> address.mayKnowToken(target))
                .ifPresent(token -> request.header("Authorization", "Bearer " + token));
        return request.build();
    }

    private URI next(String what, URI from, HttpResponse<?> answer) {
        String location = answer.headers().firstValue("Location").orElse("");
        URI next;
        try {
            next = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new InputException(what + ": " + HubAddress.shown(from) + " sends to an address that is none");
        }
        if (next.getHost() == null || !address.mayFollow(next)) {
            throw new InputException(what + ": " + HubAddress.shown(from) + " sends to " + HubAddress.shown(next)
                    + ", which is neither https nor the hub's host; not followed");
        }
        return next;
    }

    /** The whole answer, or an exception where nothing comes for too long: the client's own time-out ends with the headers. */
    private <T> HttpResponse<T> answer(HttpRequest request, HttpResponse.BodyHandler<T> body, LongSupplier arrived)
            throws IOException {
        CompletableFuture<HttpResponse<T>> coming = client.sendAsync(request, body);
        String who = HubAddress.shown(request.uri());
        long before = arrived.getAsLong();
        long since = System.nanoTime();
        try {
            while (true) {
                try {
                    return coming.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    long now = arrived.getAsLong();
                    if (now != before) {
                        before = now;
                        since = System.nanoTime();
                    } else if (System.nanoTime() - since > patience.silence().toNanos()) {
                        throw new IOException(
                                "nothing came from " + who + " for "
                                        + patience.silence().toSeconds() + " s",
                                e);
                    }
                }
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            throw new IOException(
                    cause instanceof ConnectException ? who + " cannot be reached" : who + ": " + message, cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InputException("interrupted while downloading from " + who);
        } finally {
            coming.cancel(true);
        }
    }

    private IOException refusal(String what, HttpResponse<?> answer, URI from) {
        int status = answer.statusCode();
        String who = HubAddress.shown(from);
        if (status == TOO_MANY_REQUESTS || status >= FIRST_SERVER_ERROR) {
            return new BusyException(
                    who + " answers " + status + (status == TOO_MANY_REQUESTS ? " (too many requests)" : ""),
                    pause(answer));
        }
        boolean hasToken = settings.token().isPresent() && address.mayKnowToken(settings.endpoint());
        throw new InputException(what + ": "
                + switch (status) {
                    case 401 ->
                        who + " answers 401: there is no such model, or it may be read with "
                                + (hasToken ? "another token than the one given" : "a token only (HF_TOKEN)")
                                + (settings.token().isPresent() && !hasToken
                                        ? "; the token is not sent over plain http"
                                        : "");
                    case 403 ->
                        who + " answers 403: this model may not be read"
                                + (hasToken ? " with the token given" : " without a token (HF_TOKEN)")
                                + "; are its terms accepted on its page?";
                    case 404 -> who + " answers 404: there is no such model, revision or file";
                    default -> who + " answers " + status;
                });
    }

    private static Optional<Duration> pause(HttpResponse<?> answer) {
        return answer.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    /** A piece of work that may go better another time. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws IOException;
    }

    /**
     * Runs {@code attempt} until it is done, with growing pauses; attempts in between that got something do not count.
     *
     * @param got how much there is so far
     */
    <T> T persist(String what, Attempt<T> attempt, LongSupplier got) {
        int failures = 0;
        while (true) {
            long before = got.getAsLong();
            try {
                return attempt.run();
            } catch (IOException e) {
                failures = got.getAsLong() > before ? 1 : failures + 1;
                if (failures >= patience.attempts()) {
                    throw new InputException(
                            what + ": " + failures + " attempts in a row failed, the last because " + e.getMessage(),
                            e);
                }
                sleep(what, pause(e, failures));
            }
        }
    }

    private Duration pause(IOException failure, int failures) {
        Duration own = patience.pause().multipliedBy(1L << (failures - 1));
        Duration wished = failure instanceof BusyException busy ? busy.pause().orElse(own) : own;
        return wished.compareTo(patience.longestPause()) > 0 ? patience.longestPause() : wished;
    }

    private static void sleep(String what, Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InputException(what + ": interrupted");
        }
    }
}
