package dev.tether.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.cli.CommandLineRun;
import dev.tether.core.control.KlCoefBounds;
import dev.tether.core.control.KlTarget;
import dev.tether.core.control.PiKl;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.simulate.Replay;
import dev.tether.core.simulate.ResponseModel;
import dev.tether.core.simulate.Trajectory;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.JournalWriter;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.RunHeader;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SimulateCommandTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final ResponseModel TRUTH = new ResponseModel(12, 1.5, 0.1, 2, Double.POSITIVE_INFINITY);
    private static final int STEPS = 60;

    @TempDir
    private Path directory;

    private Path csv;

    /** β of the recorded run: it moves up and down, so that the run tells how KL answers. */
    private static double klCoef(int step) {
        return 0.1 * Math.exp(Math.sin(step / 6.0));
    }

    private static double[] nats() {
        double[] nats = new double[STEPS];
        for (int step = 1; step < STEPS; step++) {
            nats[step] = TRUTH.next(nats[step - 1], klCoef(step - 1));
        }
        return nats;
    }

    @BeforeEach
    void recordARun() throws IOException {
        StringBuilder rows = new StringBuilder("step,reward,kl,beta\n");
        for (int step = 0; step < STEPS; step++) {
            rows.append("%d,0.5,%s,%s%n".formatted(step, nats()[step], klCoef(step)));
        }
        csv = Files.writeString(directory.resolve("run.csv"), rows);
    }

    private static CommandLineRun simulate(Path log, Object... options) {
        Object[] arguments = new Object[options.length + 2];
        arguments[0] = "simulate";
        arguments[1] = log;
        System.arraycopy(options, 0, arguments, 2, options.length);
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return run;
    }

    private static JsonNode json(Path log, Object... options) {
        Object[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = "--json";
        return JSON.readTree(simulate(log, all).out());
    }

    private static double[] doubles(JsonNode array) {
        return array.values().stream().mapToDouble(JsonNode::doubleValue).toArray();
    }

    @Test
    void theResponseOfTheRunIsFoundAgain() {
        JsonNode response = json(csv, "--unit=sequence", "--target=6").get("response");
        assertThat(response.get("equilibrium_nats").doubleValue()).isCloseTo(12, within(0.05));
        assertThat(response.get("exponent").doubleValue()).isCloseTo(1.5, within(0.01));
        assertThat(response.get("rate").doubleValue()).isCloseTo(0.1, within(0.001));
        assertThat(response.get("exponent_assumed").booleanValue()).isFalse();
        assertThat(response.get("unexplained_share").doubleValue()).isLessThan(0.001);
    }

    @Test
    void whatIsShownIsWhatTheControllerDoesToTheFittedResponse() {
        JsonNode answer = json(
                csv, "--unit=sequence", "--target=6", "--reading-error=0.1", "--steps=90", "--seed=5", "--kl-coef=0.2");
        JsonNode fitted = answer.get("response");
        ResponseModel model = new ResponseModel(
                fitted.get("equilibrium_nats").doubleValue(),
                fitted.get("exponent").doubleValue(),
                fitted.get("rate").doubleValue(),
                fitted.get("speed_limit").doubleValue(),
                Double.POSITIVE_INFINITY);
        PiKl pi = PiKl.start(new KlTarget(6, KlUnit.NATS_PER_SEQUENCE), 0.2, new KlCoefBounds(0.001, 10));
        Trajectory expected = new Replay(model, 90, 32, 0.1).run(pi, 5);
        JsonNode law = answer.get("controllers").get(0);
        assertThat(law.get("name").stringValue()).isEqualTo("pi");
        assertThat(doubles(law.get("nats"))).containsExactly(expected.nats());
        assertThat(doubles(law.get("kl_coefs"))).containsExactly(expected.klCoefs());
        assertThat(law.get("kl_coefs_asked_of_the_log").size()).isEqualTo(STEPS);
    }

    @Test
    void allLawsStandSideBySide() {
        CommandLineRun run = simulate(csv, "--unit=sequence", "--target=6", "--all", "--ascii");
        assertThat(run.out())
                .contains("fixed", "thermostat", "ziegler", "pi ", "pid", "dual_ascent", "rise", "overshoot", "settled")
                .contains("which beta = 0.159 would hold")
                .doesNotContain("recorded")
                .matches("(?s)\\p{ASCII}*");
        JsonNode laws = json(csv, "--unit=sequence", "--target=6", "--controller=fixed,pi", "--reading-error=0")
                .get("controllers");
        assertThat(laws.values().stream().map(law -> law.get("name").stringValue()))
                .containsExactly("fixed", "pi");
        // without steering, the equilibrium of beta = 0.1: 12 nats, of which 60 steps leave a little to go
        assertThat(laws.get(0).get("last_third_mean").doubleValue()).isCloseTo(12, within(0.5));
        assertThat(laws.get(0).get("settled_step").isNull()).isTrue();
        JsonNode longer = json(
                        csv, "--unit=sequence", "--target=6", "--controller=pi", "--reading-error=0", "--steps=120")
                .get("controllers");
        assertThat(longer.get(0).get("last_third_mean").doubleValue()).isCloseTo(6, within(0.6));
    }

    @Test
    void aDerivativeGoesToPidOnly() {
        JsonNode own = json(csv, "--unit=sequence", "--target=6", "--all").get("controllers");
        JsonNode set = json(csv, "--unit=sequence", "--target=6", "--all", "--set", "belt.gains.derivative=3")
                .get("controllers");
        for (int i = 0; i < own.size(); i++) {
            boolean pid = own.get(i).get("name").stringValue().equals("pid");
            assertThat(set.get(i).equals(own.get(i))).isEqualTo(!pid);
        }
    }

    @Test
    void ofARestartedFileTheLaterRowsCountAndRowsWithoutKlAreLeftOut() throws IOException {
        StringBuilder rows =
                new StringBuilder("{\"step\": 1, \"m\": {\"kl\": 99}}\n{\"step\": 2, \"m\": {\"kl\": 99}}\n");
        for (int step = 1; step < STEPS; step++) {
            rows.append("{\"step\": %d, \"m\": {\"kl\": %s}, \"note\": \"x\"}%n".formatted(step, nats()[step]));
        }
        rows.append("{\"step\": 60, \"eval\": 1}\n{\"step\": 61, \"m\": {\"kl\": NaN}}\n");
        Path log = Files.writeString(directory.resolve("m.jsonl"), rows);
        JsonNode answer = json(log, "--kl-key=m.kl", "--recorded-kl-coef=0.05", "--unit=token", "--target=3")
                .get("log");
        assertThat(answer.get("nats").size()).isEqualTo(STEPS - 1);
        assertThat(answer.get("nats").get(0).doubleValue()).isEqualTo(nats()[1]);
        assertThat(answer.get("kl_coefs").get(7).doubleValue()).isEqualTo(0.05);
        assertThat(answer.get("notes").toString()).contains("2 rows without a finite m.kl", "2 rows replaced by later");
    }

    @Test
    void anOwnRunBringsItsTargetItsUnitsAndItsErrors() {
        RunDirectory run = ownRun("belt.target=5", "belt.kl_coef=0.07", "belt.controller=ziegler");
        JsonNode answer = json(run.root());
        assertThat(answer.get("target").toString()).isEqualTo("{\"nats\":5.0,\"unit\":\"nats/sequence\"}");
        assertThat(answer.get("reading_error").doubleValue()).isCloseTo(0.25, within(1e-12));
        assertThat(answer.get("episodes").intValue()).isEqualTo(16);
        JsonNode law = answer.get("controllers").get(0);
        assertThat(law.get("name").stringValue()).isEqualTo("ziegler");
        assertThat(law.get("kl_coefs").get(0).doubleValue()).isEqualTo(0.07);
        assertThat(doubles(answer.get("log").get("nats"))).containsExactly(nats());
        JsonNode perToken = json(run.journal(), "--unit=token", "--target=0.2");
        assertThat(perToken.get("log").get("nats").get(5).doubleValue()).isEqualTo(nats()[5] / 20);
    }

    private RunDirectory ownRun(String... settings) {
        RunDirectory run = RunDirectory.create(directory.resolve("run"));
        SettingsWriter.write(RunSettings.defaults().with(settings), run.settings());
        try (JournalWriter journal = JournalWriter.create(run.journal())) {
            journal.append(new RunHeader("sha256:0", "sha256:1", "sha256:1", 17, STEPS));
            for (int step = 0; step < STEPS; step++) {
                double nats = nats()[step];
                journal.append(StepRecord.builder(step + 1)
                        .referenceKl(new ReferenceKl(
                                OptionalDouble.of(nats / 20),
                                OptionalDouble.of(nats),
                                OptionalDouble.of(nats / 60),
                                OptionalDouble.of(nats / 4),
                                OptionalDouble.empty(),
                                KlEstimator.K1))
                        .klCoef(klCoef(step))
                        .episodes(16)
                        .build());
            }
        }
        return run;
    }

    @Test
    void thePageHoldsEveryLawAndTheRecordedRun() throws IOException {
        Path page = directory.resolve("page.html");
        CommandLineRun run = simulate(csv, "--unit=sequence", "--target=6", "--controller=pi,ziegler", "--out", page);
        assertThat(run.out()).contains("page: " + page, "● recorded   ○ pi   ▲ ziegler");
        assertThat(Files.readString(page)).contains("ziegler", "recorded", "<svg", "which beta = 0.159 would hold");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "--target 6 # does not say what its KL counts for",
                "--unit sequence # has no target KL",
                "--unit sequence --target -1 # --target -1: belt.target = -1.0, must be",
                "--unit fortnight --target 6 # --unit fortnight: belt.unit = fortnight",
                "--unit sequence --target 6 --controller pj # --controller pj: belt.controller = pj",
                "--unit sequence --target 6 --all --controller pi # --all already has every controller",
                "--unit sequence --target 6 --kl-key nothing # has no column nothing; name the one",
                "--unit sequence --target 6 --coef-key nothing # has no column nothing. It has: step, kl, beta",
                "--unit sequence --target 6 --kl-key step --step-key reward # steps = 1, must be at least 8",
                "--unit sequence --target 6 --set belt.floor=2 # belt.kl_coef = 0.1, must be between",
                "--unit sequence --target 6 --steps 2 # steps = 2, must be at least 3",
            })
    void whatCannotBeSimulatedIsToldInOneLine(String options, String message) {
        Object[] words = ("simulate " + csv + " " + options).split(" ");
        CommandLineRun run = CommandLineRun.of(words);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("tether: ").contains(message).hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "step,kl,beta\\n1,0.1 # line 2 has 2 columns, the header 3",
                "step,kl,beta\\n1,much,0.1 # line 2: kl = much, must be a number",
                "step,kl,beta\\n # has a header and no row",
                "{\"kl\": 1 # line 1 is not JSON",
                "{\"kl\": 1, \"beta\": 1}\\n[2] # line 2 must be a JSON object",
                "step,kl\\n1,2 # does not say which beta was in force",
            })
    void aBrokenLogIsNamedByItsPlace(String text, String message) throws IOException {
        Path log = Files.writeString(directory.resolve("broken.log"), text.replace("\\n", "\n"));
        CommandLineRun run = CommandLineRun.of("simulate", log, "--unit=token", "--target=1");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("tether: " + log).contains(message).hasLineCount(1);
    }
}
