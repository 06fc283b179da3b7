package dev.tether.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.tether.run.InputException;
import dev.tether.run.journal.Finding;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class DashboardTest {
    @TempDir
    Path folder;

    private Dashboard serve(Path... runs) {
        return Dashboard.start(DashboardSettings.of(List.of(runs), DashboardSettings.LOOPBACK, 0));
    }

    private Dashboard serve(DashboardSettings settings) {
        return Dashboard.start(settings);
    }

    private static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time to wait for: " + what).isLessThan(end);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    private static JsonNode whenRead(Visitor visitor, int run, long rows) {
        until(
                rows + " rows of run " + run,
                () -> visitor.json("/api/runs").get(run).get("rows").asInt() >= rows);
        return visitor.json("/api/runs").get(run);
    }

    @Test
    void itTellsWhereEachRunStands() {
        PaintedRun.write(folder.resolve("done"), 1, 12);
        try (PaintedRun live = PaintedRun.begin(folder.resolve("live"), 2, 100);
                Dashboard dashboard = serve(folder)) {
            live.take(3);
            live.find("KL_HIGH", Finding.Severity.WARNING, "KL is above its range");
            Visitor visitor = new Visitor(dashboard);
            JsonNode done = whenRead(visitor, 0, 12);
            assertThat(done.get("name").asString()).isEqualTo("done");
            assertThat(done.get("state").asString()).isEqualTo("completed");
            JsonNode running = whenRead(visitor, 1, 3);
            assertThat(running.get("state").asString()).isEqualTo("running");
            assertThat(running.get("planned_steps").asInt()).isEqualTo(100);
            assertThat(running.get("latest").get("controller.target").asDouble())
                    .isEqualTo(PaintedRun.TARGET);
            assertThat(running.get("unit").asString()).isEqualTo("nats_per_sequence");
            until(
                    "the finding",
                    () -> visitor.json("/api/runs").get(1).get("notices").has("warning"));
            JsonNode findings = visitor.json("/api/findings?runs=1");
            assertThat(findings.get(1).get("notice").get("code").asString()).isEqualTo("KL_HIGH");
            assertThat(findings.get(1)
                            .get("notice")
                            .get("explanation")
                            .get("parts")
                            .get(0)
                            .get("value")
                            .asDouble())
                    .isEqualTo(6);
        }
    }

    @Test
    void seriesAreTheFiguresOfTheJournal() {
        PaintedRun.write(folder.resolve("one"), 1, 40);
        try (Dashboard dashboard = serve(folder.resolve("one"))) {
            Visitor visitor = new Visitor(dashboard);
            double latest =
                    whenRead(visitor, 0, 40).get("latest").get("kl_coef").asDouble();
            JsonNode whole = visitor.json("/api/series?runs=0&keys=kl_coef,gold_score.mean");
            assertThat(whole.get("first").asInt()).isEqualTo(1);
            assertThat(whole.get("width").asInt()).isEqualTo(1);
            JsonNode columns = whole.get("runs").get(0).get("columns");
            assertThat(columns.get("kl_coef").get("mean")).hasSize(40);
            assertThat(columns.get("kl_coef").get("mean").get(39).asDouble()).isCloseTo(latest, offset(1e-7));
            assertThat(columns.get("gold_score.mean").get("mean").get(0).isNull())
                    .isTrue();
            JsonNode coarse = visitor.json("/api/series?runs=0&keys=kl_coef&spread=kl_coef&points=9");
            assertThat(coarse.get("width").asInt()).isEqualTo(5);
            JsonNode bucket = coarse.get("runs").get(0).get("columns").get("kl_coef");
            double lowest = bucket.get("min").get(1).asDouble();
            double mean = 0;
            for (int step = 5; step < 10; step++) {
                double value = columns.get("kl_coef").get("mean").get(step - 1).asDouble();
                mean += value / 5;
                assertThat(value).isGreaterThanOrEqualTo(lowest);
            }
            assertThat(bucket.get("mean").get(1).asDouble()).isCloseTo(mean, offset(1e-7));
        }
    }

    @Test
    void aStepIsToldToListenersAsSoonAsItIsWritten() throws IOException {
        try (PaintedRun live = PaintedRun.begin(folder.resolve("live"), 2, 100);
                Dashboard dashboard = serve(folder.resolve("live"));
                Visitor.Listener listener = new Visitor(dashboard).listen()) {
            assertThat(listener.next("HTTP")).contains("200");
            assertThat(listener.next("Content-type")).contains("text/event-stream");
            assertThat(listener.next("data:")).contains("\"name\":\"live\"");
            live.take(1);
            String news = listener.next("data:");
            while (!news.contains("\"last_step\":1,")) {
                news = listener.next("data:");
            }
            assertThat(news).contains("\"rows\":1,");
        }
    }

    @Test
    void aTornLastLineIsReadOnceItIsWhole() throws IOException {
        PaintedRun.write(folder.resolve("one"), 1, 5);
        Path journal = folder.resolve("one").resolve("journal.jsonl");
        List<String> lines = Files.readAllLines(journal);
        String step = lines.get(lines.size() - 2).replaceFirst("\"step\":5", "\"step\":6");
        int half = step.length() / 2;
        Files.writeString(
                journal, String.join("\n", lines.subList(0, lines.size() - 1)) + "\n" + step.substring(0, half));
        try (Dashboard dashboard = serve(folder.resolve("one"))) {
            Visitor visitor = new Visitor(dashboard);
            JsonNode before = whenRead(visitor, 0, 5);
            assertThat(before.get("last_step").asInt()).isEqualTo(5);
            assertThat(before.has("problem")).isFalse();
            Files.writeString(journal, step.substring(half) + "\n", StandardOpenOption.APPEND);
            assertThat(whenRead(visitor, 0, 6).get("last_step").asInt()).isEqualTo(6);
        }
    }

    @Test
    void aJournalThatIsCutIsReadAnew() throws IOException {
        PaintedRun.write(folder.resolve("one"), 1, 9);
        Path journal = folder.resolve("one").resolve("journal.jsonl");
        try (Dashboard dashboard = serve(folder.resolve("one"))) {
            Visitor visitor = new Visitor(dashboard);
            int generation = whenRead(visitor, 0, 9).get("generation").asInt();
            Files.write(journal, Files.readAllLines(journal).subList(0, 6));
            until("the cut", () -> visitor.json("/api/runs").get(0).get("rows").asInt() == 4);
            assertThat(visitor.json("/api/runs").get(0).get("generation").asInt())
                    .isGreaterThan(generation);
            assertThat(visitor.json("/api/series?keys=entropy").get("length").asInt())
                    .isEqualTo(4);
        }
    }

    @Test
    void aRowThatIsNoRowIsToldOfWithItsPlace() throws IOException {
        PaintedRun.write(folder.resolve("one"), 1, 3);
        Files.writeString(
                folder.resolve("one/journal.jsonl"), "{\"type\":\"step\",\"step\":oops}\n", StandardOpenOption.APPEND);
        try (Dashboard dashboard = serve(folder.resolve("one"))) {
            Visitor visitor = new Visitor(dashboard);
            until("the problem", () -> visitor.json("/api/runs").get(0).has("problem"));
            JsonNode run = visitor.json("/api/runs").get(0);
            assertThat(run.get("state").asString()).isEqualTo("unreadable");
            assertThat(run.get("problem").asString()).contains("journal.jsonl:7: not a row of JSON");
            assertThat(run.get("rows").asInt()).as("what was read before").isEqualTo(3);
        }
    }

    @Test
    void aRunThatBeginsLaterAppears() {
        PaintedRun.write(folder.resolve("first"), 1, 3);
        try (Dashboard dashboard = serve(folder)) {
            Visitor visitor = new Visitor(dashboard);
            assertThat(dashboard.runs()).isEqualTo(1);
            PaintedRun.write(folder.resolve("second"), 2, 4);
            until("the second run", () -> visitor.json("/api/runs").size() == 2);
            assertThat(whenRead(visitor, 1, 4).get("name").asString()).isEqualTo("second");
        }
    }

    @Test
    void samplesAreSortedSearchedAndPaged() {
        PaintedRun.write(folder.resolve("one"), 1, 30);
        try (Dashboard dashboard = serve(folder.resolve("one"))) {
            Visitor visitor = new Visitor(dashboard);
            JsonNode best = visitor.json("/api/samples?run=0&order=highest_score&limit=5")
                    .get("answer");
            assertThat(best.get("known").asInt()).isEqualTo(60);
            assertThat(best.get("samples")).hasSize(5);
            assertThat(best.get("has_more").asBoolean()).isTrue();
            assertThat(best.get("samples").get(0).get("score").asDouble()).isEqualTo(1.03);
            assertThat(best.get("samples").get(4).get("score").asDouble()).isEqualTo(1.026);
            assertThat(scores(visitor, "lowest_score")).isSorted().hasSize(60);
            assertThat(scores(visitor, "oldest").get(0)).isEqualTo(0.001);
            JsonNode found = visitor.json("/api/samples?run=0&text=STATION%20and&from=11&to=12")
                    .get("answer");
            assertThat(found.get("samples")).hasSize(2);
            assertThat(found.get("samples").get(0).get("step").asInt()).isEqualTo(12);
            assertThat(visitor.json("/api/samples?run=0&text=absent")
                            .get("answer")
                            .get("samples"))
                    .isEmpty();
            JsonNode next = visitor.json("/api/samples?run=0&order=highest_score&limit=5&offset=5")
                    .get("answer");
            assertThat(next.get("samples").get(0).get("score").asDouble()).isEqualTo(1.025);
        }
    }

    private static List<Double> scores(Visitor visitor, String order) {
        JsonNode samples = visitor.json("/api/samples?run=0&limit=200&order=" + order)
                .get("answer")
                .get("samples");
        return samples.valueStream()
                .map(sample -> sample.get("score").asDouble())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/app.js", "/api/runs", "/nowhere", "/api/nowhere", "/api/runs?x=%00"})
    void everyAnswerForbidsWhatThePageDoesNotNeed(String path) {
        PaintedRun.write(folder.resolve("one"), 1, 3);
        try (Dashboard dashboard = serve(folder.resolve("one"))) {
            HttpResponse<String> answer = new Visitor(dashboard).get(path);
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'")
                    .doesNotContain("unsafe", "http:", "https:", "*");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../../../etc/passwd",
                "/..%2f..%2fjournal.jsonl",
                "/journal.jsonl",
                "/uplot/../../Dashboard.class",
                "/%2e%2e/settings.yaml",
                "//etc/passwd",
                "/uplot/",
                "/api/../secret.txt",
                "/api/samples?run=../../secret",
                "/api/samples?run=-1",
                "/api/series?runs=99999999999&keys=kl_coef"
            })
    void nothingButThePageAndItsAnswersCanBeReached(String path) throws IOException {
        PaintedRun.write(folder.resolve("one"), 1, 3);
        Files.writeString(folder.resolve("secret.txt"), "secret", StandardCharsets.UTF_8);
        try (Dashboard dashboard = serve(folder.resolve("one"))) {
            assertThat(new Visitor(dashboard).raw("GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n\n"))
                    .containsAnyOf(" 404 ", " 400 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "HEAD", "OPTIONS"})
    void onlyGetIsAnswered(String method) {
        PaintedRun.write(folder.resolve("one"), 1, 3);
        try (Dashboard dashboard = serve(folder.resolve("one"))) {
            HttpResponse<String> answer = new Visitor(dashboard).send(method, "/api/runs");
            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(answer.headers().firstValue("Allow")).contains("GET");
        }
    }

    @Test
    void foreignNamesAndPagesAreTurnedAway() throws IOException {
        PaintedRun.write(folder.resolve("one"), 1, 3);
        try (Dashboard dashboard = serve(folder.resolve("one"))) {
            Visitor visitor = new Visitor(dashboard);
            for (String host : List.of(
                    "evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil", "10.0.0.1", "")) {
                assertThat(visitor.raw("GET /api/runs HTTP/1.1\nHost: " + host + "\nConnection: close\n\n"))
                        .contains(" 421 ");
            }
            assertThat(visitor.raw(
                            "GET /api/runs HTTP/1.1\nHost: localhost\nHost: evil.example\nConnection: close\n\n"))
                    .contains(" 421 ");
            for (String host : List.of("localhost", "LOCALHOST:9000", "127.0.0.1", "[::1]:7878")) {
                assertThat(visitor.raw("GET /api/runs HTTP/1.1\nHost: " + host + "\nConnection: close\n\n"))
                        .contains(" 200 ");
            }
            assertThat(visitor.get("/api/events", "Sec-Fetch-Site", "cross-site")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(visitor.get("/api/runs", "Origin", "http://evil.example").statusCode())
                    .isEqualTo(403);
            assertThat(visitor.get("/api/runs", "Sec-Fetch-Site", "same-origin").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void onThisMachineNoTokenIsNeeded() {
        PaintedRun.write(folder.resolve("one"), 1, 3);
        try (Dashboard dashboard = serve(folder.resolve("one"))) {
            assertThat(dashboard.token()).isEmpty();
            assertThat(dashboard.entrance()).isEqualTo(dashboard.address());
        }
    }

    @Test
    void fromElsewhereNothingIsSeenWithoutTheToken() {
        PaintedRun.write(folder.resolve("one"), 1, 3);
        try (Dashboard dashboard = serve(DashboardSettings.of(List.of(folder.resolve("one")), "0.0.0.0", 0))) {
            Visitor visitor = new Visitor(dashboard);
            String token = dashboard.token().orElseThrow();
            assertThat(token).hasSize(22);
            String almost = token.substring(0, 21) + (token.endsWith("A") ? "B" : "A");
            for (String path : List.of(
                    "/",
                    "/app.js",
                    "/api/runs",
                    "/api/events",
                    "/?token=",
                    "/?token=" + almost,
                    "/api/runs?token=" + token)) {
                assertThat(visitor.get(path).statusCode()).as(path).isEqualTo(401);
            }
            assertThat(visitor.get("/api/runs", "Authorization", "Bearer " + almost)
                            .statusCode())
                    .isEqualTo(401);
            assertThat(visitor.get("/api/runs", "Authorization", "Bearer " + token)
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> door = visitor.get("/?token=" + token);
            assertThat(door.statusCode()).isEqualTo(303);
            assertThat(door.headers().firstValue("Location")).contains("/");
            String cookie = door.headers().firstValue("Set-Cookie").orElseThrow();
            assertThat(cookie).contains("HttpOnly", "SameSite=Strict");
            String pair = cookie.substring(0, cookie.indexOf(';'));
            assertThat(visitor.get("/api/runs", "Cookie", "other=1; " + pair).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void listenersAreLimitedAndTheirPlacesComeFree() throws IOException {
        PaintedRun.write(folder.resolve("one"), 1, 3);
        DashboardSettings two =
                new DashboardSettings(List.of(folder.resolve("one")), DashboardSettings.LOOPBACK, 0, 2, 100);
        try (Dashboard dashboard = serve(two)) {
            Visitor visitor = new Visitor(dashboard);
            Visitor.Listener first = visitor.listen();
            try (Visitor.Listener second = visitor.listen()) {
                assertThat(first.next("HTTP")).contains("200");
                assertThat(second.next("HTTP")).contains("200");
                assertThat(second.next(":")).as("a sign of life").isEqualTo(": still here");
                HttpResponse<String> refused = visitor.get("/api/events");
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.headers().firstValue("Retry-After")).isPresent();
                assertThat(visitor.get("/api/runs").statusCode())
                        .as("questions are answered still")
                        .isEqualTo(200);
                first.close();
                until("a free place", () -> hasPlace(visitor));
            }
        }
    }

    private static boolean hasPlace(Visitor visitor) {
        try (Visitor.Listener third = visitor.listen()) {
            return third.next("HTTP").contains("200");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/series?keys=nonsense", "/api/series?keys=kl_coef&points=0", "/api/series?keys=kl_coef&points=1e9",
                "/api/series?keys=kl_coef&width=-1", "/api/samples?run=0&order=best", "/api/samples?run=0&limit=100000",
                "/api/samples?run=0&from=x", "/api/samples?run=0&text=%zz"
            })
    void questionsThatMakeNoSenseAreAnsweredInOneSentence(String path) throws IOException {
        PaintedRun.write(folder.resolve("one"), 1, 3);
        try (Dashboard dashboard = serve(folder.resolve("one"))) {
            assertThat(new Visitor(dashboard).raw("GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n\n"))
                    .contains(" 400 ");
        }
    }

    @Test
    void whatCannotBeServedIsRefusedInOneSentence() {
        PaintedRun.write(folder.resolve("one"), 1, 3);
        Path absent = folder.resolve("absent");
        assertThatThrownBy(() -> serve(absent))
                .isInstanceOf(InputException.class)
                .hasMessage("no run at " + absent + ": no such directory");
        assertThatThrownBy(() -> serve(folder.resolve("one/checkpoints")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("nor has a directory in it");
        try (Dashboard dashboard = serve(folder.resolve("one"))) {
            int port = dashboard.address().getPort();
            DashboardSettings same =
                    DashboardSettings.of(List.of(folder.resolve("one")), DashboardSettings.LOOPBACK, port);
            assertThatThrownBy(() -> serve(same))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("cannot listen at 127.0.0.1:" + port + ": the port is in use");
        }
        assertThatThrownBy(() -> serve(DashboardSettings.of(List.of(folder.resolve("one")), "no.such.host.invalid", 0)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no such name or address");
        assertThatThrownBy(() -> DashboardSettings.of(List.of(folder), "localhost", 70_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("port = 70000, must be from 0 to 65535");
    }
}
