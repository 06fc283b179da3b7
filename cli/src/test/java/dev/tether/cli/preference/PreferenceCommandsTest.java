package dev.tether.cli.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.cli.CommandLineRun;
import dev.tether.core.frontier.BestOfN;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.preference.PreferenceFile;
import dev.tether.trainer.preference.PreferenceRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands on the built-in model, from pairs to a policy and from pairs to a reward that trains one. */
class PreferenceCommandsTest {
    @TempDir
    Path directory;

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    private static void requireDone(CommandLineRun run) {
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }

    private List<PreferenceRow> sampledPairs(String... more) {
        String[] arguments = {
            "pairs", "--n", "4", "--prompts-used", "6", "--max-new-tokens", "8", "--out", path("pairs.jsonl")
        };
        requireDone(CommandLineRun.of(
                (Object[]) Stream.of(arguments, more).flatMap(Arrays::stream).toArray(String[]::new)));
        return PreferenceFile.read(directory.resolve("pairs.jsonl"), StopReason.ENDED)
                .rows();
    }

    @Test
    void pairsAreTheBestAnswerOverTheWorstAndSayThatTheyWereCut() {
        List<PreferenceRow> rows = sampledPairs("--reward", "regex:e");
        assertThat(rows).isNotEmpty().hasSizeLessThanOrEqualTo(6);
        assertThat(rows).allSatisfy(row -> {
            assertThat(es(row.pair().chosen())).isGreaterThan(es(row.pair().rejected()));
            assertThat(row.chosenEnd()).isEqualTo(StopReason.TRUNCATED);
        });
        assertThat(rows).extracting(row -> row.pair().prompt()).doesNotHaveDuplicates();
    }

    private static long es(String text) {
        return text.chars().filter(c -> c == 'e').count();
    }

    @Test
    void labelsByBradleyAndTerryPairAnswersTwoByTwo() {
        assertThat(sampledPairs("--label", "bradley_terry")).hasSizeBetween(7, 12);
    }

    @Test
    void dpoIsAnOrdinaryRunThatIsReportedBesideBestOfN() {
        sampledPairs();
        CommandLineRun dpo = CommandLineRun.of(
                "dpo",
                "--pairs",
                path("pairs.jsonl"),
                "--steps",
                "2",
                "--batch",
                "4",
                "--max-new-tokens",
                "8",
                "--pairs-per-update",
                "4",
                "--updates",
                "2",
                "--out",
                path("dpo"));
        assertThat(dpo.exitCode()).as(dpo.err()).isZero();
        List<StepRecord> steps = steps("dpo");
        assertThat(steps).hasSize(2);
        assertThat(steps.get(0).policyLoss().orElseThrow()).isLessThan(Math.log(2) + 1e-3);
        assertThat(steps.get(0).referenceKl().orElseThrow().natsPerSequence().orElseThrow())
                .isCloseTo(0, within(1e-6));
        assertThat(steps.get(1).referenceKl().orElseThrow().natsPerSequence().orElseThrow())
                .isPositive();
        assertThat(steps.get(1).updates()).hasValue(2);
        assertThat(steps.get(1).pairs().orElseThrow().margin()).isPositive();
        assertThat(directory.resolve("dpo/report.html")).content().contains("Pairs told apart", "Margin of the pairs");
        assertThat(steps.get(1).belt().orElseThrow().verdict()).hasValue("absent");
        assertThat(directory.resolve("dpo/model/config.json")).exists();

        requireDone(CommandLineRun.of(
                "best-of-n", "--n", "4,1,2", "--prompts-used", "6", "--max-new-tokens", "8", "--out", path("bon")));
        List<StepRecord> best = steps("bon");
        assertThat(best).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(best.get(i).referenceKl().orElseThrow().natsPerSequence().orElseThrow())
                    .isCloseTo(BestOfN.natsBound(1 << i), within(1e-12));
        }
        assertThat(best.get(2).score().orElseThrow().mean())
                .isGreaterThan(best.get(0).score().orElseThrow().mean());
        RunSettings asked = SettingsReader.read(directory.resolve("bon/settings.yaml"), List.of());
        assertThat(asked.generation().maxNewTokens()).isEqualTo(8);
        assertThat(asked.prompts().batchSize()).isEqualTo(6 * 4);
        assertThat(asked.steps()).isEqualTo(3);
        assertThat(asked.belt().klCoef()).isZero();
        assertThat(directory.resolve("bon/settings.yaml"))
                .content()
                .startsWith("# tether best-of-n: best of n = [1, 2, 4] answers to 6 prompts");
        assertThat(best.get(0).goldScore()).isEmpty();
        requireDone(CommandLineRun.of("report", path("dpo"), path("bon"), "--out", path("both.html")));
        assertThat(directory.resolve("both.html"))
                .content()
                .contains("Reward against √KL")
                .contains(">bon<");
    }

    @Test
    void bestOfNMeasuresAGoldRewardBesideTheOneItChoosesBy() {
        String[] same = {
            "best-of-n", "--n", "1,4", "--prompts-used", "6", "--max-new-tokens", "8", "--reward", "regex:e"
        };
        CommandLineRun itself = CommandLineRun.of((Object[])
                Stream.of(same, new String[] {"--gold", "regex:e", "--out", path("itself")})
                        .flatMap(Arrays::stream)
                        .toArray(String[]::new));
        requireDone(itself);
        assertThat(itself.out()).contains("mean gold");
        for (StepRecord step : steps("itself")) {
            assertThat(step.goldScore()).isPresent().isEqualTo(step.score());
        }
        requireDone(CommandLineRun.of((Object[])
                Stream.of(same, new String[] {"--gold", "regex:q", "--out", path("other")})
                        .flatMap(Arrays::stream)
                        .toArray(String[]::new)));
        StepRecord best = steps("other").get(1);
        assertThat(best.score()).isEqualTo(steps("itself").get(1).score());
        assertThat(best.goldScore().orElseThrow().mean())
                .isLessThan(best.score().orElseThrow().mean());
        assertThat(directory.resolve("other/settings.yaml")).content().contains("gold: regex:q");
    }

    private List<StepRecord> steps(String run) {
        return JournalReader.readAll(directory.resolve(run).resolve("journal.jsonl"))
                .steps();
    }

    @Test
    void dpoWithoutPairsOrWithABeltIsRefusedInOneLine() {
        CommandLineRun none = CommandLineRun.of("dpo", "--out", path("run"));
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("dpo.pairs = null, must be a preference file");
        CommandLineRun belt = CommandLineRun.of("dpo", "--pairs", "x", "--kl-coef", "0.2", "--out", path("run"));
        assertThat(belt.exitCode()).isEqualTo(2);
        assertThat(belt.err()).hasLineCount(1).contains("whose price of a nat is dpo.beta");
        assertThat(directory.resolve("run")).doesNotExist();
    }

    @Test
    void aRewardModelLearnsFromTwoTextsAndRewardsTraining() throws IOException {
        Files.writeString(directory.resolve("good"), lines("it works well and I love it, piece "));
        Files.writeString(directory.resolve("bad"), lines("it broke at once and I hate it, piece "));
        CommandLineRun learned = CommandLineRun.of(
                "reward-model",
                "--model",
                "builtin:reviews",
                "--positive",
                path("good"),
                "--negative",
                path("bad"),
                "--ends",
                "cut",
                "--lr",
                "1e-3",
                "--pairs-per-step",
                "8",
                "--measures",
                "1",
                "--save-pairs",
                path("pairs.jsonl"),
                "--out",
                path("reward"));
        requireDone(learned);
        assertThat(learned.out())
                .contains("preferences it has not learned from")
                .contains("held out: 100.0 % right");
        JsonNode json = JsonMapper.shared().readTree(directory.resolve("reward/reward-model.json"));
        assertThat(json.get("accuracy").doubleValue()).isEqualTo(1);
        assertThat(json.get("held_out_pairs").intValue()).isEqualTo(8);
        assertThat(directory.resolve("reward/report.html"))
                .content()
                .contains("Reliability")
                .doesNotContain("<script");
        assertThat(PreferenceFile.read(directory.resolve("pairs.jsonl"), StopReason.ENDED)
                        .rows())
                .hasSize(80);
        CommandLineRun trained = CommandLineRun.of(
                "train",
                "--reward",
                "model:" + path("reward"),
                "--steps",
                "1",
                "--batch",
                "4",
                "--max-new-tokens",
                "8",
                "--out",
                path("run"));
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        assertThat(steps("run").get(0).score()).isPresent();
    }

    private static String lines(String text) {
        return IntStream.range(0, 80).mapToObj(i -> text + i + ".\n").collect(Collectors.joining());
    }

    @Test
    void pairsFromNowhereAndATakenPlaceAreRefused() throws IOException {
        CommandLineRun none = CommandLineRun.of("reward-model", "--model", "builtin:reviews", "--out", path("reward"));
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("either --pairs FILE, or --positive FILE and --negative FILE");
        Files.createDirectory(directory.resolve("reward"));
        CommandLineRun taken = CommandLineRun.of(
                "reward-model", "--model", "builtin:reviews", "--pairs", "x", "--out", path("reward"));
        assertThat(taken.err()).contains("is there already: choose another directory");
    }

    @Test
    void heldOutPairsShareNoPromptWithThoseLearnedFrom() {
        List<PreferenceRow> rows = sampledPairs("--label", "bradley_terry");
        HeldOut parts = HeldOut.split(rows, 0.3, 1);
        assertThat(parts.learned().size() + parts.heldOut().size()).isEqualTo(rows.size());
        assertThat(parts.heldOut())
                .extracting(row -> row.pair().prompt())
                .doesNotContainAnyElementsOf(
                        parts.learned().stream().map(row -> row.pair().prompt()).toList());
    }

    @Test
    void fineTuningLowersTheLossOfAnswersItHasNotSeen() throws IOException {
        Files.writeString(
                directory.resolve("answers.jsonl"),
                IntStream.range(0, 60)
                        .mapToObj(
                                i -> "{\"prompt\": \"Lamp number " + i + "\", \"completion\": \" is fine, thanks.\"}\n")
                        .collect(Collectors.joining()));
        CommandLineRun run = CommandLineRun.of(
                "sft",
                "--model",
                "builtin:reviews",
                "--data",
                path("answers.jsonl"),
                "--lr",
                "1e-3",
                "--rows",
                "8",
                "--max-length",
                "64",
                "--out",
                path("tuned"));
        requireDone(run);
        assertThat(nats(run.out(), "before: ")).isGreaterThan(1.5 * nats(run.out(), "after:  "));
        assertThat(directory.resolve("tuned/tokenizer.json")).exists();
    }

    @Test
    void conversationsGoThroughOneChatTemplateInEveryCommand() throws IOException {
        Files.writeString(
                directory.resolve("chats.jsonl"),
                IntStream.range(0, 6)
                        .mapToObj(
                                i -> "{\"prompt\": [{\"role\": \"user\", \"content\": \"How is lamp " + i + "?\"}]}\n")
                        .collect(Collectors.joining()));
        String[] chat = {"--prompts", path("chats.jsonl"), "--chat-template", "zephyr"};
        List<PreferenceRow> rows = sampledPairs(chat);
        assertThat(rows).isNotEmpty().allSatisfy(row -> {
            assertThat(row.pair().spoken().orElseThrow().chosen().before())
                    .first()
                    .satisfies(message -> assertThat(message.content()).startsWith("How is lamp"));
            assertThat(row.pair().prompt()).endsWith("?\n\nAssistant:").doesNotContain("<|");
        });
        CommandLineRun dpo = CommandLineRun.of((Object[]) Stream.of(
                        new String[] {"dpo", "--pairs", path("pairs.jsonl"), "--steps", "1", "--batch", "4"},
                        new String[] {"--max-new-tokens", "8", "--pairs-per-update", "2", "--out", path("dpo")},
                        chat)
                .flatMap(Arrays::stream)
                .toArray(String[]::new));
        assertThat(dpo.exitCode()).as(dpo.err()).isZero();
        assertThat(directory.resolve("dpo/settings.yaml")).content().contains("chat_template: zephyr");

        String[] learner = {"--model", "builtin:reviews", "--max-length", "64", "--out", path("model")};
        for (String[] command :
                new String[][] {{"sft", "--data", path("talks.jsonl")}, {"reward-model", "--pairs", path("pairs.jsonl")}
                }) {
            Files.writeString(directory.resolve("talks.jsonl"), """
                    {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
                    {"messages": [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}
                    """);
            String[] arguments =
                    Stream.of(command, learner).flatMap(Arrays::stream).toArray(String[]::new);
            CommandLineRun none = CommandLineRun.of((Object[]) arguments);
            assertThat(none.exitCode()).isEqualTo(2);
            assertThat(none.err()).hasLineCount(1).contains("has no chat template");
            assertThat(directory.resolve("model")).doesNotExist();
        }
        requireDone(CommandLineRun.of((Object[])
                Stream.of(new String[] {"sft", "--data", path("talks.jsonl"), "--chat-template", "role_tags"}, learner)
                        .flatMap(Arrays::stream)
                        .toArray(String[]::new)));
    }

    private static double nats(String out, String when) {
        String after = out.substring(out.indexOf("held out, " + when) + "held out, ".length() + when.length());
        return Double.parseDouble(after.substring(0, after.indexOf(' ')));
    }
}
