package dev.tether.web.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ScorePlacement;
import dev.tether.run.journal.Journal;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.RunEnd;
import dev.tether.run.journal.StepRecord;
import dev.tether.web.Dashboard;
import dev.tether.web.DashboardSettings;
import dev.tether.web.http.AccessToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** examples/python, by a real Python against a real server; skipped where there is none. */
@Timeout(120)
class PythonClientTest {
    private static final String TOKEN = "correct-horse-battery";
    private static final Path EXAMPLES =
            Path.of(System.getProperty("tether.root")).resolve("examples/python");

    @TempDir
    Path folder;

    private Dashboard dashboard;

    @BeforeEach
    void start() {
        assumeTrue(
                python("-c", "import sys; sys.exit(sys.version_info < (3, 8))").status() == 0, "there is no python3");
        dashboard = Dashboard.start(
                DashboardSettings.of(List.of(folder), DashboardSettings.LOOPBACK, 0),
                Optional.of(new IngestSettings(folder, AccessToken.chosen(TOKEN), IngestLimits.USUAL)));
    }

    @AfterEach
    void stop() {
        if (dashboard != null) {
            dashboard.close();
        }
    }

    private record Output(int status, String text) {}

    private Output python(String... arguments) {
        List<String> command = new ArrayList<>(List.of("python3"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PYTHONPATH", EXAMPLES + ":" + folder);
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        builder.environment().put("TETHER_INGEST_TOKEN", TOKEN);
        if (dashboard != null) {
            builder.environment().put("TETHER_URL", dashboard.address().toString());
        }
        try {
            Process process = builder.start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(60, TimeUnit.SECONDS) ? new Output(process.exitValue(), text) : new Output(-1, text);
        } catch (IOException e) {
            return new Output(-1, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Journal journal(String run) {
        return JournalReader.readAll(folder.resolve(run).resolve("journal.jsonl"));
    }

    @Test
    void theClientTellsARunAndHearsRewardsAndTheNextCoefficient() {
        Output output = python("-c", """
                import json
                from tether_client import TetherRun, TetherError
                run = TetherRun("py", 3, **{"belt.kl_coef": 0.2, "belt.target": 0.5})
                rows = [{"logprobs": [-1.0, -0.5, 7.0], "ref_logprobs": [-2.0, -1.5, 7.0], "mask": [1, 1, 0], "score": 2.0,
                         "prompt": "Why?", "response": "Because."}] * 4
                first = run.step(rows, entropy=1.9)
                again = TetherRun("py", 3, **{"belt.kl_coef": 0.2, "belt.target": 0.5})
                assert (again.last_step, again.kl_coef) == (1, first["next_kl_coef"])
                try:
                    again.step([{"logprobs": [float("nan")], "ref_logprobs": [-1.0], "score": 0.0}])
                except TetherError as refusal:
                    first["refusal"] = str(refusal)
                again.step(rows)
                again.end()
                print(json.dumps(first))
                """);
        assertThat(output.status()).as(output.text()).isZero();
        JsonNode first = JsonMapper.shared().readTree(output.text());
        double[][] rewards = RewardShaping.shape(
                        new LogprobPair(
                                new double[][] {{-1, -0.5, 0}},
                                new double[][] {{-2, -1.5, 0}},
                                ResponseMask.ofLengths(new int[] {2}, 3)),
                        new double[] {2},
                        KlEstimator.K1,
                        0.2,
                        ScorePlacement.LAST_TOKEN)
                .rewards();
        for (int t = 0; t < 3; t++) {
            assertThat(first.get("rewards").get(3).get(t).asDouble()).isEqualTo(rewards[0][t]);
        }
        assertThat(first.get("next_kl_coef").asDouble()).as("KL 2 is above 0.5").isGreaterThan(0.2);
        assertThat(first.get("refusal").asString()).contains("line 2: logprobs[0] = NaN");
        assertThat(journal("py").steps()).extracting(StepRecord::step).containsExactly(1L, 2L);
        assertThat(journal("py").end()).map(RunEnd::outcome).contains(RunEnd.Outcome.COMPLETED);
    }

    @Test
    void theClientWaitsForAServerThatIsAway() throws Exception {
        int port = dashboard.address().getPort();
        dashboard.close();
        Thread later = new Thread(() -> {
            try {
                Thread.sleep(1500);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            dashboard = Dashboard.start(
                    DashboardSettings.of(List.of(folder), DashboardSettings.LOOPBACK, port),
                    Optional.of(new IngestSettings(folder, AccessToken.chosen(TOKEN), IngestLimits.USUAL)));
        });
        later.start();
        Output output = python("-c", "from tether_client import TetherRun; print(TetherRun('late', 3).last_step)");
        later.join();
        assertThat(output.status()).as(output.text()).isZero();
        assertThat(output.text()).isEqualTo("0\n");
    }

    @Test
    void theTrlCallbackTellsEveryBatchAndMovesBeta() throws IOException {
        Files.writeString(folder.resolve("transformers.py"), "class TrainerCallback: pass\n");
        Output output = python("-c", """
                import array
                from tether_client import TetherRun
                from trl_callback import TetherCallback

                class Tensor(list):
                    def tolist(self):
                        return list(self)

                class Model:
                    training = True

                class Trainer:
                    model, beta, callbacks = Model(), 0.04, []
                    def __init__(self, reward):
                        self.reward = reward
                    def add_callback(self, callback):
                        self.callbacks.append(callback)
                    def _generate_and_score_completions(self, inputs):
                        self.reward(prompts=["p", "q"], completions=["yes", [{"role": "assistant", "content": "no"}]], n=1)
                        return {"old_per_token_logps": Tensor([[-1.0, -0.5], [-1.0, 3.0]]),
                                "ref_per_token_logps": Tensor([[-2.5, -2.5], [-2.0, 3.0]]),
                                "completion_mask": Tensor([[1, 1], [1, 0]]), "completion_ids": Tensor([[5, 6], [7, 0]])}

                tether = TetherCallback(TetherRun("grpo", 2, **{"belt.placement": "k3_in_loss", "belt.estimator": "k3",
                                                                "belt.kl_coef": 0.04, "belt.target": 0.1}))
                trainer = Trainer(tether.record(lambda prompts, completions, n: [1.0, 0.0]))
                tether.attach(trainer)
                betas = [trainer.beta]
                for step in range(2):
                    trainer._generate_and_score_completions(None)
                    betas.append(trainer.beta)
                Model.training = False
                trainer._generate_and_score_completions(None)
                tether.on_train_end(None, None, None)
                print(*betas)
                """);
        assertThat(output.status()).as(output.text()).isZero();
        List<StepRecord> steps = journal("grpo").steps();
        String[] betas = output.text().strip().split(" ");
        assertThat(steps).hasSize(2);
        assertThat(steps.get(0).klCoef()).hasValue(Double.parseDouble(betas[0]));
        assertThat(steps.get(1).klCoef()).hasValue(Double.parseDouble(betas[1]));
        assertThat(Double.parseDouble(betas[1])).isGreaterThan(0.04);
        assertThat(Files.readString(folder.resolve("grpo/samples.jsonl")))
                .contains("\"response\":\"yes\"", "\"response\":\"no\"", "\"response_ids\":[7]");
    }

    @Test
    void theClientIsShortAndNeedsNothing() throws IOException {
        List<String> lines = Files.readAllLines(EXAMPLES.resolve("tether_client.py"));
        assertThat(lines).hasSizeLessThanOrEqualTo(60);
        assertThat(lines)
                .filteredOn(line -> line.startsWith("import ") || line.startsWith("from "))
                .containsExactly(
                        "import json", "import os", "import time", "import urllib.error", "import urllib.request");
    }
}
