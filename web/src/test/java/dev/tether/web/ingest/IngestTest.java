package dev.tether.web.ingest;

import static dev.tether.web.ingest.Trainer.JSON;
import static dev.tether.web.ingest.Trainer.LINES;
import static dev.tether.web.ingest.Trainer.error;
import static dev.tether.web.ingest.Trainer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ScorePlacement;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.report.RecordedRun;
import dev.tether.run.report.RunReport;
import dev.tether.web.Dashboard;
import dev.tether.web.DashboardSettings;
import dev.tether.web.http.AccessToken;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class IngestTest {
    private static final String TOKEN = "correct-horse-battery";
    private static final String HEAD = "{\"step\": 1, \"sequences\": 1}\n";

    @TempDir
    Path folder;

    private Dashboard dashboard;
    private Trainer trainer;

    @BeforeEach
    void start() {
        dashboard = Dashboard.start(
                DashboardSettings.of(List.of(folder), DashboardSettings.LOOPBACK, 0),
                Optional.of(new IngestSettings(folder, AccessToken.chosen(TOKEN), IngestLimits.USUAL)));
        trainer = new Trainer(dashboard, TOKEN);
    }

    @AfterEach
    void stop() {
        dashboard.close();
    }

    private void restart() {
        stop();
        start();
    }

    private List<StepRecord> steps(String run) {
        return JournalReader.readAll(folder.resolve(run).resolve("journal.jsonl"))
                .steps();
    }

    private static String one(String keys) {
        return HEAD + "{\"logprobs\": [-1, -2], \"ref_logprobs\": [-1, -1.5], \"score\": 1" + keys + "}\n";
    }

    @Test
    void aStepIsAnsweredWithItsShapedRewardsAndJournaled() throws IOException {
        JsonNode opened = json(trainer.open("a", "\"belt.controller\": \"fixed\", \"belt.kl_coef\": 0.2"), 201);
        assertThat(opened.get("step").asInt()).isZero();
        assertThat(opened.get("kl_coef").asDouble()).isEqualTo(0.2);
        ToldStep told = ToldStep.draw("a", 1, 3, 8);
        JsonNode answer = json(trainer.step("a", told.lines()), 200);
        ShapedRewards direct =
                RewardShaping.shape(told.pair(), told.scores(), KlEstimator.K1, 0.2, ScorePlacement.LAST_TOKEN);
        for (int b = 0; b < 3; b++) {
            for (int t = 0; t < direct.rewards()[b].length; t++) {
                assertThat(answer.get("rewards").get(b).get(t).asDouble()).isEqualTo(direct.rewards()[b][t]);
            }
        }
        StepRecord record = steps("a").get(0);
        assertThat(record.rlhfReward()).hasValue(direct.rlhfReward());
        assertThat(record.klCoef()).hasValue(0.2);
        assertThat(record.entropy()).hasValue(1.5);
        assertThat(Files.readAllLines(folder.resolve("a/samples.jsonl"))).hasSize(3);
        assertThat(folder.resolve("a/tensorboard")).isNotEmptyDirectory();
    }

    @Test
    void whatWasToldCanBeReported() throws IOException {
        trainer.open("a", "");
        for (int step = 1; step <= 4; step++) {
            json(trainer.step("a", ToldStep.draw("a", step, 3, 8).lines()), 200);
        }
        json(trainer.end("a", "completed"), 200);
        RecordedRun run = RecordedRun.read(new RunDirectory(folder.resolve("a")));
        assertThat(RunReport.of(List.of(run)).html()).contains("4 steps were taken; the run is complete.");
    }

    @Test
    void aRetryHasTheSameAnswerAlsoAfterARestartAndAnotherStepOfThatNumberIsRefused() throws IOException {
        trainer.open("a", "");
        String first = trainer.step("a", ToldStep.draw("a", 1, 4, 8).lines()).body();
        String second = trainer.step("a", ToldStep.draw("a", 2, 4, 8).lines()).body();
        restart();
        assertThat(trainer.step("a", ToldStep.draw("a", 1, 4, 8).lines()).body())
                .isEqualTo(first);
        assertThat(trainer.step("a", ToldStep.draw("a", 2, 4, 8).lines()).body())
                .isEqualTo(second);
        assertThat(error(trainer.step("a", ToldStep.draw("b", 2, 4, 8).lines()), 409))
                .contains("step 2 was told already, with other content");
        assertThat(error(trainer.step("a", ToldStep.draw("a", 4, 4, 8).lines()), 409))
                .contains("step = 4, must be 3");
        assertThat(steps("a")).hasSize(2);
    }

    @Test
    void aRestartedServerGoesOnAsOneThatWasNotRestarted() throws IOException {
        trainer.open("through", "");
        List<JsonNode> answers = new ArrayList<>();
        for (int step = 1; step <= 12; step++) {
            answers.add(json(
                    trainer.step("through", ToldStep.draw("same", step, 6, 12).lines()), 200));
        }
        trainer.open("stopped", "");
        for (int step = 1; step <= 12; step++) {
            String lines = ToldStep.draw("same", step, 6, 12).lines();
            assertThat(json(trainer.step("stopped", lines), 200)).isEqualTo(answers.get(step - 1));
            if (step % 5 == 0) {
                restart();
            }
        }
        assertThat(answers.get(11).get("kl_coef").asDouble())
                .as("the controller has moved")
                .isNotEqualTo(0.1);
        assertThat(JournalReader.withoutTimes(folder.resolve("stopped/journal.jsonl")))
                .isEqualTo(JournalReader.withoutTimes(folder.resolve("through/journal.jsonl")));
    }

    @Test
    void whatADyingServerLeftHalfWrittenIsCutOff() throws IOException {
        trainer.open("a", "");
        json(trainer.step("a", ToldStep.draw("a", 1, 3, 8).lines()), 200);
        stop();
        Path journal = folder.resolve("a/journal.jsonl");
        Files.writeString(journal, Files.readString(journal) + "{\"type\":\"step\",\"step\":2}\n{\"type\":\"fin");
        Path samples = folder.resolve("a/samples.jsonl");
        Files.writeString(samples, Files.readString(samples) + "{\"step\":2,");
        start();
        json(trainer.step("a", ToldStep.draw("a", 2, 3, 8).lines()), 200);
        assertThat(steps("a")).extracting(StepRecord::step).containsExactly(1L, 2L);
        assertThat(Files.readAllLines(samples)).hasSize(6);
    }

    @Test
    void aTrainerThatWentBackTakesItsRunBackToo() throws IOException {
        trainer.open("a", "");
        for (int step = 1; step <= 5; step++) {
            json(trainer.step("a", ToldStep.draw("a", step, 3, 8).lines()), 200);
        }
        trainer.end("a", "diverged");
        String again = "{\"name\": \"a\", \"steps\": 10, \"after_step\": 3}";
        JsonNode opened = json(trainer.post(IngestDoor.RUNS, JSON, again), 200);
        assertThat(opened.get("step").asInt()).isEqualTo(3);
        json(trainer.step("a", ToldStep.draw("other", 4, 3, 8).lines()), 200);
        assertThat(steps("a")).extracting(StepRecord::step).containsExactly(1L, 2L, 3L, 4L);
        assertThat(error(trainer.post(IngestDoor.RUNS, JSON, again.replace("3}", "9}")), 409))
                .contains("after_step = 9, but the last step is 4");
    }

    @Test
    void anEndedRunTakesNothingMoreAndEndsOnce() throws IOException {
        trainer.open("a", "");
        json(trainer.step("a", ToldStep.draw("a", 1, 3, 8).lines()), 200);
        assertThat(json(trainer.end("a", "completed"), 200).get("outcome").asString())
                .isEqualTo("completed");
        json(trainer.end("a", "completed"), 200);
        assertThat(error(trainer.end("a", "diverged"), 409)).contains("ended already");
        json(trainer.step("a", ToldStep.draw("a", 1, 3, 8).lines()), 200);
        assertThat(error(trainer.step("a", ToldStep.draw("a", 2, 3, 8).lines()), 409))
                .contains("after the end");
        assertThat(Files.readAllLines(folder.resolve("a/journal.jsonl")))
                .filteredOn(line -> line.startsWith("{\"type\":\"end\""))
                .hasSize(1);
        assertThat(error(trainer.end("a", "won"), 400)).contains("\"won\", must be completed or diverged");
    }

    @Test
    void aNameIsOpenedAgainWithTheSameSettingsOnly() throws IOException {
        json(trainer.open("a", "\"belt.target\": 6"), 201);
        json(trainer.open("a", "\"belt.target\": 6.0, \"belt.unit\": \"sequence\""), 200);
        assertThat(error(trainer.open("a", "\"belt.target\": 7"), 409)).contains("other steps or settings");
        Files.createDirectory(folder.resolve("mine"));
        assertThat(error(trainer.open("mine", ""), 409)).contains("by no run of another trainer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "../b | \"\" | name = \"../b\"",
                ".b | \"\" | name = \".b\"",
                "b | \"belt.target\": -1 | belt.target = -1",
                "b | \"ppo.epochs\": 3 | settings has \"ppo.epochs\"",
                "b | \"belt.meter\": \"rao_blackwell\" | settings has \"belt.meter\"",
                "b | \"belt.controller\": \"pie\" | must be one of fixed",
                "b | \"belt.gains.speed\": 1 | unknown key belt.gains.speed",
                "b | \"belt.controller\": \"schedule\" | belt.schedule = []",
            })
    void openingsThatMakeNoSenseAreRefused(String name, String settings, String told) throws IOException {
        String given = settings.equals("\"\"") ? "" : settings;
        assertThat(error(trainer.open(name, given), 400)).contains(told).doesNotContain("--set");
        assertThat(folder).isDirectoryNotContaining("glob:**/b");
    }

    @Test
    void aScheduleIsFollowed() throws IOException {
        String schedule = "\"belt.controller\": \"schedule\","
                + " \"belt.schedule\": [{\"step\": 0, \"kl_coef\": 0.4}, {\"step\": 4, \"kl_coef\": 0.0}]";
        assertThat(json(trainer.open("a", schedule), 201).get("kl_coef").asDouble())
                .isEqualTo(0.4);
        JsonNode answer = json(trainer.step("a", ToldStep.draw("a", 1, 3, 8).lines()), 200);
        assertThat(answer.get("next_kl_coef").asDouble()).isEqualTo(0.3, org.assertj.core.api.Assertions.within(1e-12));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ", \"mask\": [1] | 2 | mask has 1 entries, must have 2",
                ", \"mask\": [1, 2] | 2 | mask[1] = 2, must be 0 or 1",
                ", \"logprob\": [1] | 2 | unknown key \"logprob\"",
                ", \"score\": 2 | 2 | Duplicate",
                ", \"gold_score\": \"1\" | 2 | gold_score = \"1\", must be a number",
                ", \"ended\": 1 | 2 | ended = 1, must be true or false",
                ", \"response_ids\": [1, 99999999999] | 2 | response_ids[1] = 99999999999, must be a whole number of 32 bits",
                ", \"response_tokens\": [\"a\"] | 2 | response_tokens has 1 entries, must have 2",
                ", \"prompt\": null | 2 | prompt = null, must be a text",
                "} { | 2 | something stands behind",
                ", \"mask\": [0, 0] | 0 | no mask counts a token",
            })
    void aBrokenLawIsNamedWithItsLine(String keys, int line, String told) throws IOException {
        trainer.open("a", "");
        HttpResponse<String> answer = trainer.step("a", one(keys));
        assertThat(error(answer, 400)).contains(told);
        assertThat(json(answer, 400).path("line").asInt(0)).isEqualTo(line);
        assertThat(steps("a")).isEmpty();
        json(trainer.step("a", one("")), 200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[-1, 0.1] | [-1, -1] | logprobs[1] = 0.1, must be from -10000.0 to 0",
                "[-1, NaN] | [-1, -1] | logprobs[1] = NaN, must be",
                "[-1, -Infinity] | [-1, -1] | logprobs[1] = -Infinity, must be",
                "[-1, -1] | [-1, 1e999] | ref_logprobs[1] = Infinity, must be",
                "[-1, -1] | [-1, -302] | must be within 300.0 nats of each other",
                "[-1, -1] | [-1] | ref_logprobs has 1 entries, must have 2",
                "[-1, \"x\"] | [-1, -1] | logprobs[1] = \"x\", must be a number",
                "[-1, null] | [-1, -1] | logprobs[1] = null, must be a number",
                "-1 | [-1, -1] | logprobs = -1, must be a list of numbers",
            })
    void logprobsThatAreNoneAreRefused(String logprobs, String refLogprobs, String told) throws IOException {
        trainer.open("a", "");
        String line = "{\"logprobs\": " + logprobs + ", \"ref_logprobs\": " + refLogprobs + ", \"score\": 1}";
        assertThat(error(trainer.step("a", HEAD + line), 400))
                .startsWith("line 2: ")
                .contains(told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "`` | the body is empty",
                "{ | line 1: not JSON",
                "[] | line 1: must be a JSON object",
                "{\"step\": 1.5, \"sequences\": 1} | step = 1.5, must be a whole number",
                "{\"sequences\": 1} | line 1: has no \"step\"",
                "{\"step\": 1, \"sequences\": 2} | sequences = 2, but 0 lines of sequences follow",
                "{\"step\": 0, \"sequences\": 0} | step = 0, must be at least 1",
                "{\"step\": 1, \"sequences\": 0} | sequences = 0, must be at least 1",
                "{\"step\": 1, \"sequences\": 0, \"figures\": {\"loss\": 1}} | figures has \"loss\"",
                "{\"step\": 1, \"sequences\": 0, \"figures\": {\"entropy\": NaN}} | figures.entropy = NaN, must be finite",
                "{\"step\": 99999999999999999999, \"sequences\": 0} | must be a whole number",
            },
            quoteCharacter = '`')
    void headsThatAreNoneAreRefused(String head, String told) throws IOException {
        trainer.open("a", "");
        assertThat(error(trainer.step("a", head), 400)).contains(told);
    }

    @Test
    void whatIsPaddedMayHoldAnything() throws IOException {
        trainer.open("a", "");
        String line = "{\"logprobs\": [-1, 1.0, NaN], \"ref_logprobs\": [-1.25, -Infinity, 7], \"mask\": [true, 0, 0],"
                + " \"score\": 1, \"response_ids\": [5, 0, 0]}";
        JsonNode answer = json(trainer.step("a", HEAD + line), 200);
        assertThat(answer.get("rewards").get(0).get(0).asDouble()).isEqualTo(1 - 0.1 * 0.25);
        assertThat(answer.get("rewards").get(0).get(2).asDouble()).isZero();
        assertThat(Files.readString(folder.resolve("a/samples.jsonl"))).contains("\"response_ids\":[5]");
    }

    @Test
    void theBeltInTheLossLeavesTheRewardsAlone() throws IOException {
        trainer.open("a", "\"belt.placement\": \"k2_in_loss\"");
        JsonNode answer = json(trainer.step("a", one("")), 200);
        assertThat(answer.get("rewards").get(0).get(0).asDouble()).isZero();
        assertThat(answer.get("rewards").get(0).get(1).asDouble()).isEqualTo(1);
        assertThat(answer.get("kl_coef").asDouble()).isEqualTo(0.1);
    }

    @Test
    void aReadingThatNoKlCanBeIsAFinding() throws IOException {
        trainer.open("a", "");
        String line = "{\"logprobs\": [-2, -2], \"ref_logprobs\": [-1, -1], \"score\": 1}\n";
        JsonNode answer = json(trainer.step("a", "{\"step\": 1, \"sequences\": 2}\n" + line + line), 200);
        assertThat(answer.get("findings").get(0).get("code").asString()).isEqualTo("KL_READING_REFUSED");
        assertThat(answer.get("next_kl_coef").asDouble()).isEqualTo(0.1);
        assertThat(Files.readString(folder.resolve("a/journal.jsonl"))).contains("KL_READING_REFUSED");
    }

    @Test
    void theTokenIsAskedForAlsoOnThisMachine() throws IOException {
        trainer.open("a", "");
        for (String wrong :
                List.of("", "x", TOKEN + "x", TOKEN.substring(1), TOKEN.toUpperCase(java.util.Locale.ROOT))) {
            HttpResponse<String> answer = trainer.withToken(wrong)
                    .step("a", ToldStep.draw("a", 1, 3, 8).lines());
            assertThat(error(answer, 401)).contains("Authorization: Bearer");
            assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        }
        assertThat(trainer.withToken("").get(IngestDoor.RUNS + "/a").statusCode())
                .isEqualTo(401);
        assertThat(trainer.withToken("").get("/api/ingest/").statusCode()).isEqualTo(401);
        assertThat(steps("a")).isEmpty();
    }

    @Test
    void noWebPageCanTellARun() throws IOException {
        trainer.open("a", "");
        String body = one("");
        String path = IngestDoor.RUNS + "/a/steps";
        for (String origin : List.of(
                "http://evil.example",
                "null",
                "http://127.0.0.1:" + dashboard.address().getPort())) {
            assertThat(error(trainer.post(path, LINES, body, "Origin", origin), 403))
                    .contains("web pages");
        }
        assertThat(trainer.post(path, LINES, body, "Sec-Fetch-Site", "none").statusCode())
                .isEqualTo(403);
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", JSON)) {
            assertThat(error(trainer.post(path, type, body), 415)).contains("must be " + LINES);
        }
        String rest = "\nAuthorization: Bearer " + TOKEN + "\nContent-Length: 0\nConnection: close\n\n";
        assertThat(trainer.raw("POST " + path + " HTTP/1.1\nHost: evil.example" + rest))
                .contains(" 421 ");
        assertThat(trainer.raw("OPTIONS " + path + " HTTP/1.1\nHost: localhost\nOrigin: http://evil.example" + rest))
                .contains(" 403 ")
                .doesNotContainIgnoringCase("Access-Control-Allow");
        assertThat(steps("a")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"b", "..%2fa", "%61", "a%00", "a/../a", ".ingest.lock"})
    void onlyRunsThatWereOpenedAreThere(String run) throws IOException {
        trainer.open("a", "");
        HttpResponse<String> answer = trainer.post(IngestDoor.RUNS + "/" + run + "/steps", LINES, one(""));
        assertThat(answer.statusCode()).isEqualTo(404);
    }

    @Test
    void eachPlaceAnswersItsMethodOnly() throws IOException {
        trainer.open("a", "");
        assertThat(trainer.get(IngestDoor.RUNS).statusCode()).isEqualTo(405);
        assertThat(trainer.get(IngestDoor.RUNS + "/a/steps").statusCode()).isEqualTo(405);
        assertThat(trainer.post(IngestDoor.RUNS + "/a", JSON, "{}").statusCode())
                .isEqualTo(405);
        assertThat(trainer.post(IngestDoor.RUNS + "/a/b/c", JSON, "{}").statusCode())
                .isEqualTo(404);
        assertThat(json(trainer.get(IngestDoor.RUNS + "/a"), 200).get("run").asString())
                .isEqualTo("a");
    }

    @Test
    void withoutIngestNothingCanBePosted() throws IOException {
        trainer.open("a", "");
        try (Dashboard reading =
                Dashboard.start(DashboardSettings.of(List.of(folder), DashboardSettings.LOOPBACK, 0))) {
            Trainer hopeful = new Trainer(reading, TOKEN);
            assertThat(hopeful.open("b", "").statusCode()).isEqualTo(405);
            assertThat(hopeful.step("a", one("")).statusCode()).isEqualTo(405);
        }
    }

    @Test
    void aDiskThatTakesNothingIsToldAndNothingIsLost() throws IOException {
        trainer.open("a", "");
        json(trainer.step("a", ToldStep.draw("a", 1, 3, 8).lines()), 200);
        stop();
        Path samples = folder.resolve("a/samples.jsonl");
        Files.move(samples, folder.resolve("kept"));
        Files.createDirectory(samples);
        start();
        assertThat(error(trainer.step("a", ToldStep.draw("a", 2, 3, 8).lines()), 507))
                .contains("a/samples.jsonl");
        Files.delete(samples);
        Files.move(folder.resolve("kept"), samples);
        json(trainer.step("a", ToldStep.draw("a", 2, 3, 8).lines()), 200);
        assertThat(steps("a")).extracting(StepRecord::step).containsExactly(1L, 2L);
    }

    @Test
    void twoServersDoNotWriteIntoOneDirectory() {
        assertThatThrownBy(() -> Dashboard.start(
                        DashboardSettings.of(List.of(folder), DashboardSettings.LOOPBACK, 0),
                        Optional.of(new IngestSettings(folder, AccessToken.chosen(TOKEN), IngestLimits.USUAL))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("another tether serve --ingest");
    }
}
