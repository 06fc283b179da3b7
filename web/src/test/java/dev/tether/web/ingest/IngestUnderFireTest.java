package dev.tether.web.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.control.KlCoefBounds;
import dev.tether.core.control.KlController;
import dev.tether.core.control.KlTarget;
import dev.tether.core.control.LoopGains;
import dev.tether.core.control.LoopMemory;
import dev.tether.core.control.PiKl;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ScorePlacement;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.StepRecord;
import dev.tether.web.Dashboard;
import dev.tether.web.DashboardSettings;
import dev.tether.web.http.AccessToken;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sixteen trainers at once, each with its run, among every kind of post that is none. {@code -Dtether.ingest.steps=500}
 * makes a measurement of it; docs/log.md has one.
 */
@Timeout(560)
class IngestUnderFireTest {
    private static final String TOKEN = "correct-horse-battery";
    private static final int TRAINERS = 16;
    private static final int SEQUENCES = 32;
    private static final int LONGEST = 48;
    private static final int SLOW = Integer.getInteger("tether.ingest.slow", 24);
    private static final int STEPS = Integer.getInteger("tether.ingest.steps", 12);

    @TempDir
    Path folder;

    private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Long> slow = new ConcurrentLinkedQueue<>();
    private final AtomicInteger hangUps = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    void everyStepOfSixteenTrainersIsInItsJournalOnceAndNothingElseIs() throws Exception {
        IngestSettings settings = new IngestSettings(folder, AccessToken.chosen(TOKEN), IngestLimits.USUAL);
        try (Dashboard dashboard = Dashboard.start(
                DashboardSettings.of(List.of(folder), DashboardSettings.LOOPBACK, 0), Optional.of(settings))) {
            Trainer trainer = new Trainer(dashboard, TOKEN);
            ExecutorService hands = Executors.newFixedThreadPool(TRAINERS + SLOW + 5);
            long start = System.nanoTime();
            List<Future<Long>> telling = new ArrayList<>();
            List<Future<?>> attacking = new ArrayList<>();
            for (int i = 0; i < TRAINERS; i++) {
                String run = "run-" + i;
                telling.add(hands.submit(() -> tell(trainer, run)));
            }
            attack(hands, attacking, trainer);
            double seconds = 0;
            for (Future<Long> each : telling) {
                seconds = Math.max(seconds, (each.get() - start) / 1e9);
            }
            over.set(true);
            for (Future<?> each : attacking) {
                each.get();
            }
            hands.shutdown();
            report(seconds);
            assertThat(Trainer.json(trainer.get("/api/runs"), 200)).hasSize(TRAINERS);
        }
        for (int i = 0; i < TRAINERS; i++) {
            check("run-" + i);
        }
        assertThat(slow)
                .hasSizeGreaterThanOrEqualTo(SLOW)
                .allSatisfy(millis -> assertThat(millis).isLessThan(20_000));
        assertThat(refused.get()).isGreaterThan(20);
    }

    /** Tells a whole run as a careful trainer does: again where no answer comes, and every third step twice anyway. */
    private long tell(Trainer trainer, String run) throws Exception {
        persistently(() -> trainer.open(run, ""));
        for (int step = 1; step <= STEPS; step++) {
            String lines = ToldStep.draw(run, step, SEQUENCES, LONGEST).lines();
            long start = System.nanoTime();
            String answer = persistently(() -> trainer.step(run, lines));
            nanos.add(System.nanoTime() - start);
            if (step % 3 == 0) {
                assertThat(persistently(() -> trainer.step(run, lines))).isEqualTo(answer);
            }
        }
        long end = System.nanoTime();
        persistently(() -> trainer.end(run, "completed"));
        return end;
    }

    private String persistently(Callable<HttpResponse<String>> post) throws Exception {
        while (true) {
            try {
                HttpResponse<String> answer = post.call();
                if (answer.statusCode() != 503) {
                    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
                    return answer.body();
                }
            } catch (IOException e) {
                hangUps.incrementAndGet();
            }
            Thread.sleep(50);
        }
    }

    private void attack(ExecutorService hands, List<Future<?>> attacking, Trainer trainer) {
        String good = ToldStep.draw("other", 1, 4, 8).lines();
        String path = IngestDoor.RUNS + "/run-0/steps";
        String long32 = " ".repeat(33 << 20);
        attacking.add(again(
                hands, 401, () -> trainer.withToken("correct-horse-batterx").step("run-0", good)));
        attacking.add(
                again(hands, 403, () -> trainer.post(path, Trainer.LINES, good, "Origin", "http://evil.example")));
        attacking.add(again(hands, 400, () -> trainer.step("run-0", good.substring(0, good.length() / 2))));
        attacking.add(again(hands, 400, () -> trainer.step("run-0", good.replace("[-", "[NaN,-"))));
        attacking.add(again(hands, 413, () -> trainer.post(path, Trainer.LINES, long32)));
        for (int i = 0; i < SLOW; i++) {
            boolean head = i % 2 == 0;
            attacking.add(hands.submit(() -> {
                do {
                    slow.add(head ? trainer.trickleHead(100) : trainer.trickle("run-1", 100));
                } while (!over.get());
                return null;
            }));
        }
    }

    /** Until all trainers are done; each is to be refused (or hung up on), whatever else goes on. */
    private Future<?> again(ExecutorService hands, int status, Callable<HttpResponse<String>> post) {
        return hands.submit(() -> {
            while (!over.get()) {
                try {
                    int found = post.call().statusCode();
                    assertThat(found).isIn(status, 401, 404, 503);
                    refused.incrementAndGet();
                } catch (IOException e) {
                    hangUps.incrementAndGet();
                }
                Thread.sleep(20);
            }
            return null;
        });
    }

    /** Journal and samples against what core makes of the same steps, told by nobody. */
    private void check(String run) throws IOException {
        List<StepRecord> steps = JournalReader.readAll(folder.resolve(run).resolve("journal.jsonl"))
                .steps();
        assertThat(steps).hasSize(STEPS);
        KlController controller = new PiKl(
                new KlTarget(6, KlUnit.NATS_PER_SEQUENCE),
                0.1,
                LoopGains.PI,
                new KlCoefBounds(0.001, 10),
                LoopMemory.EMPTY);
        for (int i = 0; i < STEPS; i++) {
            ToldStep told = ToldStep.draw(run, i + 1, SEQUENCES, LONGEST);
            StepRecord record = steps.get(i);
            double klCoef = controller.coefficient();
            KlSummary kl = KlSummary.of(told.pair(), KlEstimator.K1);
            ShapedRewards shaped =
                    RewardShaping.shape(told.pair(), told.scores(), KlEstimator.K1, klCoef, ScorePlacement.LAST_TOKEN);
            assertThat(record.step()).isEqualTo(i + 1);
            assertThat(record.klCoef()).hasValue(klCoef);
            assertThat(record.rlhfReward()).hasValue(shaped.rlhfReward());
            assertThat(record.referenceKl().orElseThrow().natsPerSequence()).hasValue(kl.natsPerSequence());
            assertThat(record.referenceKl().orElseThrow().seNatsPerSequence()).hasValue(kl.seNatsPerSequence());
            assertThat(record.episodes()).hasValue((long) SEQUENCES * (i + 1));
            controller = controller.observe(kl, SEQUENCES).next();
        }
        assertThat(controller.coefficient()).as("the controller has moved").isNotEqualTo(0.1);
        try (var samples = Files.lines(folder.resolve(run).resolve("samples.jsonl"))) {
            assertThat(samples.count()).isEqualTo((long) SEQUENCES * STEPS);
        }
    }

    private void report(double seconds) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        Runtime memory = Runtime.getRuntime();
        System.out.printf(
                Locale.ROOT,
                "ingest: %d steps of %d sequences in %.2f s, %.0f steps/s; answer median %.1f ms, 99 %% %.1f ms, max %.0f ms;"
                        + " %d refused, %d hung up on; %d slow ones sent away, after %d ms at most; heap %d MiB%n",
                sorted.length,
                SEQUENCES,
                seconds,
                sorted.length / seconds,
                sorted[sorted.length / 2] / 1e6,
                sorted[sorted.length * 99 / 100] / 1e6,
                sorted[sorted.length - 1] / 1e6,
                refused.get(),
                hangUps.get(),
                slow.size(),
                slow.stream().mapToLong(Long::longValue).max().orElse(0),
                (memory.totalMemory() - memory.freeMemory()) >> 20);
    }
}
