package dev.tether.cli.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tether.core.stats.Explanation;
import dev.tether.run.InputException;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.Finding.Severity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class FindingWebhookTest {
    private static final Patience SHORT =
            new Patience(Duration.ofMillis(300), 3, Duration.ofMillis(20), Duration.ofMillis(1500));
    /** For servers that answer: a slow machine must not look like a slow server. */
    private static final Patience LONG =
            new Patience(Duration.ofSeconds(20), 3, Duration.ofMillis(20), Duration.ofSeconds(20));

    private static final String SECRET = "/services/T0/B0/s3cret?token=t0p";

    private final List<String> taken = Collections.synchronizedList(new ArrayList<>());
    private final List<String> troubles = new ArrayList<>();
    private final List<AutoCloseable> servers = new ArrayList<>();

    @AfterEach
    void stopServers() throws Exception {
        for (AutoCloseable server : servers) {
            server.close();
        }
    }

    @Test
    void aFindingArrivesWithEverythingThatItSays() throws IOException {
        int port = serve(attempt -> 200);
        Explanation why = Explanation.of(9.5, "nats per sequence", Explanation.of(6, "target"));
        try (FindingWebhook webhook = webhook(port, Severity.WARNING)) {
            webhook.found(new Finding(
                    12, "KL_SPIKE", Severity.CRITICAL, "KL jumped \"up\"", Optional.of("Raise β."), Optional.of(why)));
        }
        JsonNode message = JsonMapper.shared().readTree(taken.get(0));
        assertThat(message.get("event").asString()).isEqualTo("finding");
        assertThat(message.get("run").asString()).isEqualTo("my-run");
        assertThat(message.get("step").asLong()).isEqualTo(12);
        assertThat(message.get("code").asString()).isEqualTo("KL_SPIKE");
        assertThat(message.get("severity").asString()).isEqualTo("critical");
        assertThat(message.get("sentence").asString()).isEqualTo("KL jumped \"up\"");
        assertThat(message.get("advice").asString()).isEqualTo("Raise β.");
        assertThat(message.get("explanation").get("parts").get(0).get("value").asDouble())
                .isEqualTo(6);
        assertThat(message.get("text").asString())
                .isEqualTo("tether: my-run, step 12: critical KL_SPIKE: KL jumped \"up\"");
        assertThat(taken).hasSize(1);
        assertThat(troubles).isEmpty();
    }

    @Test
    void whatIsLessSevereIsNotPosted() throws IOException {
        int port = serve(attempt -> 204);
        try (FindingWebhook webhook = webhook(port, Severity.WARNING)) {
            webhook.found(Finding.of(1, "A", Severity.INFO, "low"));
            webhook.found(Finding.of(2, "B", Severity.WARNING, "enough"));
        }
        assertThat(taken).singleElement().asString().contains("\"B\"");
    }

    @Test
    void aServerThatFailsTwiceIsAskedAThirdTime() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        int port = serve(attempt -> asked.incrementAndGet() < 3 ? 503 : 200);
        try (FindingWebhook webhook = webhook(port, Severity.INFO)) {
            webhook.found(Finding.of(1, "A", Severity.INFO, "one"));
        }
        assertThat(asked).hasValue(3);
        assertThat(troubles).isEmpty();
    }

    @Test
    void aServerThatRefusesIsNotAskedAgain() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        int port = serve(attempt -> {
            asked.incrementAndGet();
            return 404;
        });
        try (FindingWebhook webhook = webhook(port, Severity.INFO)) {
            webhook.found(Finding.of(1, "A", Severity.INFO, "one"));
        }
        assertThat(asked).hasValue(1);
        assertThat(troubles).anyMatch(sentence -> sentence.contains("status 404"));
    }

    @Test
    void aServerThatAlwaysFailsIsToldOnceAndCountedAtTheEnd() throws IOException {
        int port = serve(attempt -> 500);
        try (FindingWebhook webhook = webhook(port, Severity.INFO)) {
            for (int i = 0; i < 5; i++) {
                webhook.found(Finding.of(i, "A", Severity.INFO, "one"));
            }
        }
        assertThat(troubles).hasSize(2);
        assertThat(troubles.get(0)).contains("a finding was not delivered (status 500)");
        assertThat(troubles.get(1)).contains("5 findings were not delivered (status 500)");
        assertThat(String.join(" ", troubles))
                .contains("http://127.0.0.1:" + port)
                .doesNotContain("s3cret", "t0p");
    }

    @Test
    void connectionsThatAreDroppedAreTriedAgain() throws IOException {
        AtomicInteger dropped = new AtomicInteger();
        int port = answerRaw(socket -> {
            dropped.incrementAndGet();
            socket.close();
        });
        try (FindingWebhook webhook = webhook(port, Severity.INFO, SHORT)) {
            webhook.found(Finding.of(1, "A", Severity.INFO, "one"));
        }
        assertThat(dropped).hasValueGreaterThanOrEqualTo(3);
        assertThat(troubles.get(0)).contains("no connection").doesNotContain("s3cret", "t0p");
    }

    @Test
    void aServerThatNeverAnswersHoldsUpNeitherTheRunNorItsEnd() throws IOException {
        int port = answerRaw(socket -> {});
        long begin = System.nanoTime();
        FindingWebhook webhook = webhook(port, Severity.INFO, SHORT);
        for (int i = 0; i < 1000; i++) {
            webhook.found(Finding.of(i, "A", Severity.INFO, "one"));
        }
        assertThat(millisSince(begin)).as("a thousand findings").isLessThan(1000);
        webhook.close();
        assertThat(millisSince(begin)).as("with the end").isLessThan(4000);
        assertThat(troubles).last().asString().contains("1000 findings were not delivered");
    }

    @Test
    void aBodyThatDripsForEverIsCutOff() throws IOException {
        CountDownLatch cut = new CountDownLatch(1);
        int port = answerRaw(socket -> {
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            try {
                while (true) {
                    socket.getOutputStream().write('.');
                    socket.getOutputStream().flush();
                    Thread.sleep(20);
                }
            } catch (IOException | InterruptedException e) {
                cut.countDown();
            }
        });
        try (FindingWebhook webhook = webhook(port, Severity.INFO, SHORT)) {
            webhook.found(Finding.of(1, "A", Severity.INFO, "one"));
        }
        assertThat(troubles.get(0)).contains("no answer within");
        assertThat(await(cut)).as("the connection is closed").isTrue();
    }

    @Test
    void whatWaitsWhenTheRunIsOverIsStillDelivered() throws IOException {
        int port = serve(attempt -> {
            Thread.sleep(30);
            return 200;
        });
        try (FindingWebhook webhook = webhook(port, Severity.INFO)) {
            for (int i = 0; i < 10; i++) {
                webhook.found(Finding.of(i, "A", Severity.INFO, "one"));
            }
        }
        assertThat(taken).hasSize(10);
        assertThat(troubles).isEmpty();
    }

    @Test
    void aRunThatFailsIsToldToo() throws IOException {
        int port = serve(attempt -> 200);
        try (FindingWebhook webhook = webhook(port, Severity.CRITICAL)) {
            webhook.failed(new InputException("the disk is full"));
        }
        assertThat(taken).singleElement().asString().contains("RUN_FAILED", "the disk is full");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://host/s3cret",
                "s3cret",
                "https:///s3cret",
                "https://me:s3cret@host/",
                "https://host/ s3cret",
                "https://host:99999999/s3cret",
                "https://[::s3cret/"
            })
    void anAddressThatIsNoneIsRefusedWithoutBeingPrinted(String text) {
        assertThatThrownBy(() -> WebhookAddress.parse("--webhook", text))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("--webhook: ")
                .hasNoCause()
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void onlyWhatTravelsInTheOpenIsSaidToDoSo() {
        assertThat(WebhookAddress.parse("--webhook", "http://192.0.2.7/x").isReadableOnTheWay())
                .isTrue();
        assertThat(WebhookAddress.parse("--webhook", "http://localhost:80/x").isReadableOnTheWay())
                .isFalse();
        assertThat(WebhookAddress.parse("--webhook", "https://192.0.2.7/x").isReadableOnTheWay())
                .isFalse();
    }

    private FindingWebhook webhook(int port, Severity least) {
        return webhook(port, least, LONG);
    }

    private FindingWebhook webhook(int port, Severity least, Patience patience) {
        WebhookAddress address = WebhookAddress.parse("--webhook", "http://127.0.0.1:" + port + SECRET);
        return new FindingWebhook("my-run", address, least, patience, (step, sentence) -> troubles.add(sentence));
    }

    private interface Answer {
        int status(String body) throws InterruptedException;
    }

    private interface RawAnswer {
        void to(Socket socket) throws IOException;
    }

    private int serve(Answer answer) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int status = 500;
            try {
                status = answer.status(body);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (status < 300 && exchange.getRequestURI().toString().equals(SECRET)) {
                taken.add(body);
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        servers.add(() -> server.stop(0));
        return server.getAddress().getPort();
    }

    /** Accepts connections and does to each what {@code answer} says. */
    private int answerRaw(RawAnswer answer) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        servers.add(server);
        Thread accepting = new Thread(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    servers.add(socket);
                    answer.to(socket);
                } catch (IOException e) {
                    // the next one
                }
            }
        });
        accepting.setDaemon(true);
        accepting.start();
        return server.getLocalPort();
    }

    private static long millisSince(long begin) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
