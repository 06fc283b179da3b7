package dev.tether.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tether.run.InputException;
import dev.tether.trainer.model.StopReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HttpRewardTest {
    private static final List<Episode> EPISODES = List.of(
            new Episode("Say \"hi\"", "hi\n", new int[] {1}, new int[] {2}, StopReason.ENDED),
            new Episode("übung", "wörter 😀", new int[] {1}, new int[] {2}, StopReason.TRUNCATED));

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private final List<Answer> answers = new ArrayList<>();
    private final List<JsonNode> asked = new ArrayList<>();
    private final List<String> tokens = new ArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/score", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        int turn;
        synchronized (asked) {
            turn = asked.size();
            tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
            asked.add(JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes()));
        }
        answers.get(Math.min(turn, answers.size() - 1)).to(exchange);
    }

    private static Answer says(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        };
    }

    private HttpReward reward() {
        URI address =
                URI.create("http://user:secret@localhost:" + server.getAddress().getPort() + "/score?key=secret");
        return new HttpReward(
                address,
                Optional.of("t0ken"),
                new HttpReward.Patience(Duration.ofMillis(700), 3, Duration.ofMillis(5)));
    }

    @Test
    void theWholeBatchIsAskedForAtOnce() {
        answers.add(says(200, "{\"scores\": [0.5, -2e-3]}"));
        assertThat(reward().score(EPISODES)).containsExactly(0.5, -0.002);
        assertThat(asked).hasSize(1);
        JsonNode episodes = asked.get(0).path("episodes");
        assertThat(episodes.size()).isEqualTo(2);
        assertThat(episodes.get(0).path("prompt").asString()).isEqualTo("Say \"hi\"");
        assertThat(episodes.get(0).path("ended").asBoolean()).isTrue();
        assertThat(episodes.get(1).path("response").asString()).isEqualTo("wörter 😀");
        assertThat(episodes.get(1).path("ended").asBoolean()).isFalse();
        assertThat(tokens).containsExactly("Bearer t0ken");
    }

    @ParameterizedTest
    @CsvSource({"503", "500", "429"})
    void whatMayPassIsTriedAgain(int status) {
        answers.add(says(status, "busy"));
        answers.add(HttpExchange::close);
        answers.add(says(200, "{\"scores\": [1, 2]}"));
        assertThat(reward().score(EPISODES)).containsExactly(1, 2);
        assertThat(asked).hasSize(3);
    }

    @Test
    void aServiceThatStaysDownEndsInOneLineWithoutItsSecrets() {
        answers.add(says(503, "going down\nfor maintenance"));
        assertThatThrownBy(() -> reward().score(EPISODES))
                .isInstanceOf(InputException.class)
                .hasMessage("reward http://localhost:" + server.getAddress().getPort()
                        + "/score: 3 attempts failed, the last because it answered 503: going down for maintenance");
    }

    @Test
    void anAnswerThatDripsIsGivenUp() {
        answers.add(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 100; i++) {
                try {
                    exchange.getResponseBody().write(' ');
                    exchange.getResponseBody().flush();
                    Thread.sleep(100);
                } catch (IOException | InterruptedException gone) {
                    return;
                }
            }
        });
        assertThatThrownBy(() -> reward().score(EPISODES))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("3 attempts failed, the last because there was no answer within 0 s");
    }

    @Test
    void nobodyThereIsSaidSo() {
        int port = server.getAddress().getPort();
        server.stop(0);
        HttpReward reward = new HttpReward(
                URI.create("http://localhost:" + port + "/score"),
                Optional.empty(),
                new HttpReward.Patience(Duration.ofMillis(500), 2, Duration.ofMillis(5)));
        assertThatThrownBy(() -> reward.score(EPISODES))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("2 attempts failed, the last because nobody answers there");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404 | no such page | it answered 404: no such page",
                "200 | <html> | its answer is no JSON: <html>",
                "200 | {\"scores\": [1]} | its answer must hold \"scores\", an array of 2 numbers, but is {\"scores\": [1]}",
                "200 | [1, 2] | its answer must hold \"scores\", an array of 2 numbers, but is [1, 2]",
                "200 | {\"scores\": [1, \"2\"]} | scores[1] = \"2\", must be a number",
            })
    void whatWillNotPassIsRefusedAtOnce(int status, String body, String message) {
        answers.add(says(status, body));
        assertThatThrownBy(() -> reward().score(EPISODES))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("/score: " + message);
        assertThat(asked).hasSize(1);
    }
}
